"""Rules that need more than one field of an object. They may meet fields of any kind."""

from collections.abc import Collection, Iterator

from sandbox.blockkit.faults import Inspection
from sandbox.blockkit.shapes import Rule


def at_least_one(*names: str) -> Rule:
    choices = " or ".join(f"`{name}`" for name in names)

    def rule(value: dict[str, object], at: str, inspection: Inspection) -> None:
        if not any(name in value for name in names):
            # Slack points at the type, the one field that is sure to be there.
            inspection.refuse(f"{at}/type", f"must define either {choices}")

    return rule


def not_both(first: str, second: str) -> Rule:
    def rule(value: dict[str, object], at: str, inspection: Inspection) -> None:
        if first in value and second in value:
            inspection.refuse(at, f"cannot provide both `{first}` and `{second}`")

    return rule


def exactly_one(first: str, second: str) -> Rule:
    both = not_both(first, second)

    def rule(value: dict[str, object], at: str, inspection: Inspection) -> None:
        both(value, at, inspection)
        if first not in value and second not in value:
            inspection.refuse(at, f"missing required field: {first}")

    return rule


def in_order(low: str, high: str) -> Rule:
    """`low` may not exceed `high`; both are numbers, or strings that hold one."""

    def rule(value: dict[str, object], at: str, inspection: Inspection) -> None:
        smallest, largest = as_number(value.get(low)), as_number(value.get(high))
        if smallest is not None and largest is not None and smallest > largest:
            inspection.refuse(f"{at}/{low}", f"must not be greater than `{high}`")

    return rule


def as_number(value: object) -> int | float | None:
    if isinstance(value, int | float):
        return value
    try:
        return float(value) if isinstance(value, str) else None
    except ValueError:
        return None


def initial_among_options(value: dict[str, object], at: str, inspection: Inspection) -> None:
    """What is chosen at first has to be on offer, with the same text and value."""
    offered = {option_key(option) for option in options_of(value)}
    several = value.get("initial_options")
    chosen = {f"{at}/initial_option": value.get("initial_option")}
    for index, option in enumerate(several if isinstance(several, list) else ()):
        chosen[f"{at}/initial_options/{index}"] = option
    for place, option in chosen.items():
        key = option_key(option)
        if key is not None and key not in offered:
            inspection.refuse(place, "must be one of the options")


def options_of(menu: dict[str, object]) -> Iterator[object]:
    for holder in (menu, *dicts_in(menu.get("option_groups"))):
        options = holder.get("options")
        if isinstance(options, list):
            yield from options


def option_key(option: object) -> tuple[str, str] | None:
    """What makes two options the same; None for what is no option, refused elsewhere."""
    if not isinstance(option, dict) or not isinstance(text := option.get("text"), dict):
        return None
    words, value = text.get("text"), option.get("value")
    return (words, value) if isinstance(words, str) and isinstance(value, str) else None


def dicts_in(value: object) -> list[dict[str, object]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def strings_in(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def repeats(names: Collection[str]) -> bool:
    return len(set(names)) < len(names)
