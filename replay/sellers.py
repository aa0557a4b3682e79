"""The reps of a set, mapped onto the eight people of the sandbox who sell."""

from collections.abc import Iterable

from sandbox.people import Person, roster

SELLERS = tuple(person for person in roster().values() if person.team == "sales")


def sellers_of(rep_ids: Iterable[str]) -> dict[str, Person]:
    """In order of the set's ids, round and round: with ten reps, two people stand for two each."""
    in_order = sorted(set(rep_ids))
    return {rep: SELLERS[number % len(SELLERS)] for number, rep in enumerate(in_order)}
