import hashlib
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.attempts import Agreed
from bot.core.sla import DEFAULT_LADDER, Allowance, LadderStep, Recipient, Via
from bot.playbook import Playbook, PlaybookFaults, Role, Team, UnknownSchema, digest
from bot.playbook.sections import Section

FULL = """
[channels]
handoffs = "#hand-offs"
standup = "C0123456789"

[hours]
open = "Mo-Fr 08:00-12:00,13:00-17:00"
holidays = ["DE-BY", 2026-12-24, "2026-12-31"]
timezone = "Europe/Berlin"

[sla]
A = "30m"
D = "5d"

[[ladder]]
at = "80%"
at_short = "50%"
to = "actor"
via = "dm"

[[ladder]]
at = 1
to = "actor"
via = "brief"

[[ladder]]
at = "150%"
to = "colleagues"
via = "channel"

[[reasons]]
key = "no_budget"
label = "No budget"
counts_as = "none"
needs_words = true
needs_attempts = 3
recycle_days = 90

[[people]]
email = "Ana@Example.com"
team = "sales"
role = "rep"
timezone = "America/New_York"
open = "Mo-Fr 22:00-06:00"
holidays = "US"
manager = "bo@example.com"

[[people]]
email = "bo@example.com"
team = "sales"
roles = ["admin", "manager", "admin"]
"""

VERSION_1 = (
    '{"channels": {"handoffs": "#hand-offs", "standup": "C0123456789"}, '
    '"hours": {"holidays": ["DE-BY", "2026-12-24", "2026-12-31"], '
    '"open": "Mo-Fr 08:00-12:00,13:00-17:00", "timezone": "Europe/Berlin"}, '
    '"ladder": [{"at": 0.8, "at_short": 0.5, "to": "actor", "via": "dm"}, '
    '{"at": 1.0, "at_short": null, "to": "actor", "via": "brief"}, '
    '{"at": 1.5, "at_short": null, "to": "colleagues", "via": "channel"}], '
    '"people": [{"email": "ana@example.com", "holidays": ["US"], "manager": "bo@example.com", '
    '"open": "Mo-Fr 22:00-06:00", "roles": ["rep"], "team": "sales", '
    '"timezone": "America/New_York"}, '
    '{"email": "bo@example.com", "holidays": null, "manager": null, "open": null, '
    '"roles": ["manager", "admin"], "team": "sales", "timezone": null}], '
    '"reasons": [{"counts_as": "none", "key": "no_budget", "label": "No budget", '
    '"needs_attempts": 3, "needs_words": true, "recycle_days": 90}], '
    '"schema": 1, "sla": {"A": "30m", "B": "4h", "C": "1d", "D": "5d"}}'
)


def faults(text: str) -> dict[str, str]:
    """What is wrong with a file, by key."""
    with pytest.raises(PlaybookFaults) as refusal:
        Playbook.parse(dedent(text))
    return {fault.key: fault.problem for fault in refusal.value.faults}


def test_an_empty_file_is_all_defaults() -> None:
    playbook = Playbook.parse("")

    assert playbook == Playbook()
    assert playbook.channels.handoffs == "#leads"
    assert playbook.hours.open == "Mo-Fr 09:00-17:00"
    assert playbook.hours.timezone == "UTC"
    assert playbook.ladder == DEFAULT_LADDER
    assert [reason.key for reason in playbook.reasons] == [
        "not_a_fit",
        "wrong_data",
        "already_ours",
        "no_need",
        "no_budget",
        "bad_timing",
        "no_response",
        "do_not_contact",
        "other",
    ]
    assert [str(playbook.allowance(grade)) for grade in "ABCD"] == ["1h", "4h", "1d", "None"]


def test_a_lead_without_a_grade_has_the_clock_of_a_c() -> None:
    playbook = Playbook.parse('sla.C = "2d"')

    assert playbook.allowance(None) == Allowance(days=2)


def test_everything_written_is_kept() -> None:
    playbook = Playbook.parse(FULL)

    assert playbook.hours.holidays == ("DE-BY", "2026-12-24", "2026-12-31")
    assert playbook.allowance("A") == Allowance.parse("30m")
    assert playbook.allowance("B") == Allowance.parse("4h")
    assert playbook.ladder[1] == LadderStep(1.0, None, Recipient.ACTOR, Via.BRIEF)
    assert [reason.label for reason in playbook.reasons] == ["No budget"]


def test_a_person_is_found_in_whatever_case_the_address_is_written() -> None:
    playbook = Playbook.parse(FULL)
    ana, bo = playbook.person(" ANA@example.COM"), playbook.person("bo@example.com")

    assert ana and bo
    assert (ana.team, ana.roles, ana.holidays) == (Team.SALES, (Role.REP,), ("US",))
    assert bo.roles == (Role.MANAGER, Role.ADMIN)
    assert (bo.timezone, bo.open, bo.holidays, bo.manager) == (None, None, None, None)
    assert playbook.person("zoe@example.com") is None


def test_a_preset_fills_the_grades_that_are_not_written() -> None:
    playbook = Playbook.parse('[sla]\npreset = "fast"\nB = "90m"')

    assert (
        playbook.sla == Playbook.parse('sla = { A = "15m", B = "90m", C = "4h", D = "none" }').sla
    )


def test_a_reason_or_outcome_has_the_words_people_read() -> None:
    playbook = Playbook.parse(FULL)

    assert playbook.reason("not_a_fit") is None
    assert [
        playbook.outcome_label(key) for key in ("no_budget", "qualified", "won", "lost", "no_need")
    ] == ["No budget", "Qualified", "Won", "Lost", "no need"]


def test_a_detail_is_read_behind_its_outcome() -> None:
    playbook = Playbook.parse("")

    assert playbook.outcome_label("not_a_fit", "size") == "Not a fit: size"
    assert playbook.outcome_label("qualified") == "Qualified"


@pytest.mark.parametrize(
    ("written", "agreed"),
    [
        ("needs_attempts = true", {"A": 6, "B": 5, "C": 3, "D": 1}),
        ("needs_attempts = 2", {"A": 2, "B": 2, "C": 2, "D": 2}),
        ("needs_attempts = false", {"A": None, "B": None, "C": None, "D": None}),
    ],
)
def test_attempts_are_those_of_the_grade_unless_a_reason_has_its_own(
    written: str, agreed: dict[str, int | None]
) -> None:
    reason = f'[[reasons]]\nkey = "gone"\nlabel = "Gone"\n{written}'
    playbook = Playbook.parse(f"[attempts]\nB = 5\nchannels = 1\n{reason}")

    for grade, number in agreed.items():
        found = playbook.attempts.agreed(playbook.reasons[0], grade)
        assert found == (Agreed(number, channels=1, days=10) if number else None)


@pytest.mark.parametrize(
    ("written", "key", "said"),
    [
        ('needs_words = true\nasks = "date"', "reasons[0].asks", 'Write "words"'),
        ("refuses_later = true\nrecycle_days = 9", "reasons[0].recycle_days", "Write none"),
        ('details = ["a:b"]', "reasons[0].details[0]", "at most 8 texts"),
        ('asks = "when"', "reasons[0].asks", 'Write "words", "date" or "person".'),
    ],
)
def test_a_reason_asks_for_one_thing_and_does_not_contradict_itself(
    written: str, key: str, said: str
) -> None:
    text = f'[[reasons]]\nkey = "gone"\nlabel = "Gone"\n{written}'

    assert said in faults(text)[key]


def test_an_empty_ladder_means_no_nudges() -> None:
    assert Playbook.parse("ladder = []").ladder == ()


def test_what_is_agreed_but_not_acted_on_is_said() -> None:
    assert Playbook.parse(FULL).notes() == ()
    assert Playbook.parse("").notes() == ()
    without = Playbook.parse(FULL + "\n[attention]\nbrief = false")
    assert without.notes()[0].startswith("ladder[1]: attention.brief is false")


def test_hot_leads_are_told_at_once_and_all_are_without_a_brief() -> None:
    usual = Playbook.parse('[attention]\nat_once = "A"')
    without = Playbook.parse("[attention]\nbrief = false")

    assert [usual.is_told_at_once(grade) for grade in "ABCD"] == [True, False, False, False]
    assert all(without.is_told_at_once(grade) for grade in "ABCD")


EVERY_FAULT = """
nonsense = 1
[channels]
handoffs = "leads"
[hours]
opne = "24/7"
timezone = "Europe/Berln"
holidays = ["DE", "DE-ZZ", 2026-12-24T08:00:00]
[sla]
A = "1 hour"
B = 3
preset = "slow"
[[ladder]]
at = "80"
to = "boss"
[[ladder]]
at = 150
to = "actor"
via = "dm"
[[reasons]]
key = "No Budget"
label = ""
needs_words = "yes"
needs_attempts = 0
recycle_days = "90"
[[people]]
email = "ana@example.com"
team = "sales"
role = "reps"
open = "9-5"
[[people]]
email = "ana"
team = "sale"
roles = []
timezone = "Berlin"
[timing]
silent_days = 0
give_back_days = 30
expire_days = 21
returns_a_day = "5"
"""


def test_every_fault_is_named_at_once_by_its_key() -> None:
    assert list(faults(EVERY_FAULT)) == [
        "channels.handoffs",
        "hours.holidays[1]",
        "hours.holidays[2]",
        "hours.opne",
        "hours.timezone",
        "ladder[0].at",
        "ladder[0].to",
        "ladder[0].via",
        "ladder[1].at",
        "nonsense",
        "people[0].open",
        "people[0].role",
        "people[1].email",
        "people[1].roles",
        "people[1].team",
        "people[1].timezone",
        "reasons[0].key",
        "reasons[0].label",
        "reasons[0].needs_attempts",
        "reasons[0].needs_words",
        "reasons[0].recycle_days",
        "sla.A",
        "sla.B",
        "sla.preset",
        "timing.expire_days",
        "timing.returns_a_day",
        "timing.silent_days",
    ]


def test_every_problem_is_one_sentence_that_says_what_to_write() -> None:
    for problem in faults(EVERY_FAULT).values():
        assert problem.endswith((".", "?"))
        assert ". " not in problem
        assert "rite" in problem or "did you mean" in problem


def test_the_tenth_person_comes_after_the_second() -> None:
    people = "[[people]]\n" * 11

    assert [key for key in faults(people) if key.endswith("team")][1:3] == [
        "people[1].team",
        "people[2].team",
    ]


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("[hours]\nopne = 1", "hours.opne", 'did you mean "open"?'),
        ("[hours]\nOPEN = 1", "hours.OPEN", 'did you mean "open"?'),
        ('[sla]\na = "1h"', "sla.a", 'did you mean "A"?'),
        ("[chanels]", "chanels", 'did you mean "channels"?'),
        ("[[peple]]", "peple", 'did you mean "people"?'),
        ("[hours]\n'' = 1", 'hours.""', "write one of open, holidays, timezone."),
        ("[[people]]\nrols = 1", "people[0].rols", 'did you mean "roles"?'),
        ("[[ladder]]\nwhom = 1", "ladder[0].whom", "write one of at, at_short, to, via."),
    ],
)
def test_an_unknown_key_is_answered_with_the_one_that_was_meant(
    text: str, key: str, said: str
) -> None:
    assert said in faults(text)[key]


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("people = 3", "people", "Write [[people]] in double brackets"),
        ("[people]\nemail = 'a@b'", "people", "Write [[people]] in double brackets"),
        ("people = [1]", "people[0]", "Write [[people]] in double brackets"),
        ("[[hours]]", "hours", "Write one [hours] section"),
        ("reasons = []", "reasons", "at least one [[reasons]]"),
    ],
)
def test_brackets_gone_wrong_are_answered_with_the_right_ones(
    text: str, key: str, said: str
) -> None:
    assert said in faults(text)[key]


@pytest.mark.parametrize(
    ("at", "meant"), [('"80%"', 0.8), ("0.8", 0.8), ("1", 1.0), ('"12.5%"', 0.125), ('"150%"', 1.5)]
)
def test_a_share_is_a_percentage_or_a_number(at: str, meant: float) -> None:
    rung = f'[[ladder]]\nat = {at}\nto = "actor"\nvia = "dm"'

    assert Playbook.parse(rung).ladder[0].at == meant


@pytest.mark.parametrize("at", ["0", "-0.5", "80", "nan", "inf", "true", '"80"', '"x%"', '"nan%"'])
def test_what_is_no_share_is_refused(at: str) -> None:
    rung = f'[[ladder]]\nat = {at}\nto = "actor"\nvia = "dm"'

    assert faults(rung) == {"ladder[0].at": 'Write a share of the clock, such as "80%" or 0.8.'}


def rungs(*steps: tuple[str, str, str]) -> str:
    return "\n".join(
        f'[[ladder]]\nat = "{at}"\nto = "{to}"\nvia = "{via}"' for at, to, via in steps
    )


def test_nobody_is_told_before_the_actor_was_warned() -> None:
    upward = rungs(("100%", "manager", "brief"), ("150%", "actor", "dm"))

    assert list(faults(upward)) == ["ladder[0].to"]


def test_one_warning_is_enough_for_all_the_steps_above_it() -> None:
    upward = rungs(
        ("80%", "actor", "dm"), ("150%", "colleagues", "channel"), ("200%", "manager", "brief")
    )

    assert len(Playbook.parse(upward).ladder) == 3


def test_a_warning_of_the_wrong_shape_is_named_once_and_still_counts() -> None:
    upward = rungs(("soon", "actor", "dm"), ("150%", "colleagues", "channel"))

    assert list(faults(upward)) == ["ladder[0].at"]


def test_no_channel_tells_who_is_late() -> None:
    assert list(faults(rungs(("100%", "actor", "channel")))) == ["ladder[0].via"]


def test_the_ladder_only_goes_up() -> None:
    downward = rungs(("100%", "actor", "dm"), ("80%", "actor", "dm"))

    assert "at least 100%" in faults(downward)["ladder[1].at"]


@pytest.mark.parametrize("key", ["qualified", "won", "lost"])
def test_a_reason_cannot_take_the_name_of_another_outcome(key: str) -> None:
    text = f'[[reasons]]\nkey = "{key}"\nlabel = "Ours"'

    assert list(faults(text)) == ["reasons[0].key"]


def test_a_reason_is_listed_once() -> None:
    text = '[[reasons]]\nkey = "no_need"\nlabel = "No need"\n' * 2

    assert list(faults(text)) == ["reasons[1].key"]


def person(email: str, rest: str = "") -> str:
    return f'[[people]]\nemail = "{email}"\nteam = "sales"\nrole = "rep"\n{rest}\n'


def test_a_person_is_listed_once_in_whatever_case() -> None:
    text = person("ana@example.com") + person("Ana@example.com")

    assert list(faults(text)) == ["people[1].email"]


def test_a_manager_must_be_listed_and_be_somebody_else() -> None:
    text = person("ana@example.com", 'manager = "zoe@example.com"') + person(
        "bo@example.com", 'manager = "Bo@example.com"'
    )
    problems = faults(text)

    assert list(problems) == ["people[0].manager", "people[1].manager"]
    assert "is not listed" in problems["people[0].manager"]
    assert "Nobody manages themselves" in problems["people[1].manager"]


def test_who_attends_is_named_by_address_or_by_user_group() -> None:
    meeting = '[[meetings]]\nkey = "weekly"\nchannel = "#standup"\nattendees = {}\n'
    agreed = Playbook.parse(
        meeting.format('["Ana@example.com", "@Sales", "S0614TZR7"]') + person("ana@example.com")
    )
    problems = faults(meeting.format('["bo@example.com"]'))
    shapeless = faults(meeting.format('["sales"]'))

    (weekly,) = agreed.meetings
    assert weekly.attendees == ("ana@example.com", "@sales", "S0614TZR7")
    assert weekly.groups == ("@sales", "S0614TZR7")
    assert "is not listed" in problems["meetings[0].attendees[0]"]
    assert "addresses and user groups" in shapeless["meetings[0].attendees[0]"]


def test_role_and_roles_together_are_refused() -> None:
    assert faults(person("ana@example.com", 'roles = ["admin"]')) == {
        "people[0].role": "Write either role or roles, not both."
    }


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("[hours]\nopen = 24/7", "line 2, column 10", "Only one key"),
        ("[hours]\ntimezone = Europe/Berlin", "line 2, column 12", "double quotes"),
        ('[sla]\nA = "1h', "line 2, column 8", "closing double quote"),
        ("[sla]\n[sla]", "line 2, column 5", "there twice"),
        ('[sla]\nA = "1h"\nA = "2h"\n', "line 3, column 9", "there twice"),
        ("sla", "line 1, column 4", "equals sign"),
        ("[sla", "line 1, column 5", "not TOML"),
    ],
)
def test_what_is_not_toml_is_told_by_line_and_column(text: str, place: str, said: str) -> None:
    assert said in faults(text)[place]


@pytest.mark.parametrize("text", ["x = " + "[" * 5000, "x = " + "9" * 5000])
def test_a_file_made_to_break_the_reader_is_a_fault_too(text: str) -> None:
    assert list(faults(text)) == ["file"]


def test_a_byte_order_mark_is_no_fault() -> None:
    assert Playbook.parse("\ufeff" + FULL) == Playbook.parse(FULL)


def test_a_version_agreed_long_ago_still_loads() -> None:
    assert Playbook.from_json(VERSION_1) == Playbook.parse(FULL)


def test_a_version_loads_although_a_rule_has_come_since() -> None:
    stored = VERSION_1.replace("Europe/Berlin", "Europe/Gone").replace("DE-BY", "DE-GONE")

    assert Playbook.from_json(stored).hours.timezone == "Europe/Gone"


def test_a_version_of_a_newer_app_is_refused() -> None:
    with pytest.raises(UnknownSchema, match="schema 2"):
        Playbook.from_json(VERSION_1.replace('"schema": 1', '"schema": 2'))


def test_playbooks_that_mean_the_same_are_stored_as_the_same_text() -> None:
    assert Playbook.parse(FULL).to_json() == Playbook.from_json(VERSION_1).to_json()
    assert Playbook.parse('sla.A = "60m"').to_json() == Playbook.parse("").to_json()
    assert Playbook.parse('sla.A = "61m"').to_json() != Playbook.parse("").to_json()


def test_the_digest_is_of_the_files_bytes() -> None:
    assert digest("# café\n") == hashlib.sha256("# café\n".encode()).hexdigest()


def test_a_playbook_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Playbook().hours.__setattr__("open", "24/7")


def test_every_key_says_what_to_write_in_one_sentence() -> None:
    models: list[type[Section]] = [Playbook, *Section.__subclasses__()]
    descriptions = [field.description for model in models for field in model.model_fields.values()]

    assert len(descriptions) > 30
    for description in descriptions:
        assert description and description.startswith("Write ") and description.endswith(".")


KEYS = sorted(
    {name for model in Section.__subclasses__() for name in model.model_fields} | {"role"}
)
scalars = (
    st.text(max_size=8)
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.dates()
    | st.sampled_from(["80%", "1h", "actor", "dm", "fast", "DE", "24/7", "rep", "a@example.com"])
)


def toml_value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(letter):08x}" for letter in value) + '"'
    if isinstance(value, list):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml_value(k)} = {toml_value(v)}" for k, v in value.items()) + "}"
    return str(value)


tables = st.dictionaries(st.sampled_from(KEYS), scalars | st.lists(scalars, max_size=3), max_size=6)
documents = st.dictionaries(
    st.sampled_from(["channels", "hours", "sla", "ladder", "reasons", "people"]) | st.text(),
    tables | st.lists(tables, max_size=3) | scalars,
    max_size=4,
).map(lambda document: "\n".join(f"{toml_value(k)} = {toml_value(v)}" for k, v in document.items()))


@settings(deadline=None)
@given(st.text() | documents)
def test_no_text_does_anything_but_parse_or_name_its_faults(text: str) -> None:
    try:
        playbook = Playbook.parse(text)
    except PlaybookFaults as refusal:
        assert refusal.faults
        assert all(fault.key and fault.problem for fault in refusal.faults)
    else:
        assert Playbook.from_json(playbook.to_json()) == playbook


REPS = """
[[people]]
email = "ben@example.com"
team = "sales"
role = "rep"

[[people]]
email = "ida@example.com"
team = "marketing"
role = "manager"

[[routing.groups]]
name = "DACH"
people = "ben@example.com"
"""


def rule_faults(text: str) -> dict[str, str]:
    return {key.removeprefix("routing."): told for key, told in faults(REPS + text).items()}


def test_a_rule_names_its_groups_in_any_case_and_one_value_stands_for_a_list() -> None:
    playbook = Playbook.parse(REPS + '[[routing.rules]]\ncountry = "DE"\nto = "dach"\n')

    assert playbook.routing.members(("dach",)) == {"ben@example.com"}
    assert playbook.routing.rules[0].country == ("DE",)
    assert Playbook.from_json(playbook.to_json()) == playbook


@pytest.mark.parametrize(
    ("rule", "key", "problem"),
    [
        ('country = 4\nto = "DACH"', "rules[0].country", 'Write a text such as "DE"'),
        ('contry = "DE"\nto = "DACH"', "rules[0].contry", 'did you mean "country"?'),
        ('grade = ["A", "E"]\nto = "DACH"', "rules[0].grade[1]", "Write a list of grades"),
        ('country = "DE"', "rules[0].to", "Write a group, an address"),
        ('country = "DE"\nto = "APAC"', "rules[0].to", '"apac" is no group'),
        ('country = "DE"\nto = ["DACH", "ida@example.com"]', "rules[0].to[1]", "is no rep"),
        ('country = "DE"\nto = ["DACH", "queue"]', "rules[0].to", '"queue" stands alone'),
        ('size_from = 9\nsize_to = 5\nto = "DACH"', "rules[0].size_to", "at least size_from"),
        ('size_from = "9"\nto = "DACH"', "rules[0].size_from", "without quotes"),
    ],
)
def test_what_is_wrong_with_a_rule_is_named_by_its_key(rule: str, key: str, problem: str) -> None:
    assert problem in rule_faults(f"[[routing.rules]]\n{rule}\n")[key]


def test_a_rule_behind_one_that_takes_every_lead_would_never_be_reached() -> None:
    rules = '[[routing.rules]]\nto = "DACH"\n[[routing.rules]]\ngrade = "A"\nto = "DACH"\n'

    assert list(rule_faults(rules)) == ["rules[0]"]


def test_what_is_wrong_with_a_group_is_named_by_its_key() -> None:
    text = """
    [[routing.groups]]
    name = "dach"
    people = ["ida@example.com"]

    [[routing.groups]]
    name = "queue"
    people = []
    """

    assert rule_faults(dedent(text)) == {
        "groups[1].name": '"dach": another group has this name; write a different one.',
        "groups[1].people[0]": '"ida@example.com" is no rep; list them in [[people]] as one.',
        "groups[2].name": '"queue" has a meaning of its own; write another name.',
        "groups[2].people": 'Write a list of addresses of reps, such as ["ben@example.com"].',
    }


def test_a_word_is_defined_once() -> None:
    word = '[[glossary]]\nword = "{}"\nmeaning = "A lead of grade A"\n'

    assert faults(word.format("MQL") + word.format("mql")) == {
        "glossary[1].word": '"mql": this word is there before; keep one entry.'
    }


@pytest.mark.parametrize(
    ("key", "written", "problem"),
    [("weight", "11", "from 1 to 10"), ("cap_a_day", "0", "how many leads")],
)
def test_weights_and_caps_are_whole_numbers(key: str, written: str, problem: str) -> None:
    text = REPS.replace('role = "rep"', f'role = "rep"\n{key} = {written}')

    assert problem in faults(text)[f"people[0].{key}"]
