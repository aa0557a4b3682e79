import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.intake.formats import ENVELOPE_PATHS
from bot.intake.lead_event import EventKind, InvalidEvent, LeadEvent, parse

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)

FLAT: Mapping[str, object] = {
    "lead_id": "00Q5",
    "first_name": "Ana",
    "email": "ana@example.com",
    "company": "Acme",
}
ENVELOPE: Mapping[str, object] = {
    "specversion": "1.0",
    "id": "evt-1",
    "source": "/hubspot/42",
    "type": "com.example.lead.handoff.v1",
    "subject": "contact/77",
    "time": "2026-11-20T09:00:00Z",
    "data": {
        "lead": {"system": "hubspot", "id": 77},
        "person": {"given": "Ana", "family": "Ruiz", "email": "Ana@Example.com"},
        "account_name": "Acme",
        "campaign": {"ref": "c-9", "name": "Spring webinar", "utm": {"source": "news"}},
        "owner_email": "ben@example.com",
        "grade": "a",
        "custom": {"shoe_size": 44},
    },
}


def read(**fields: object) -> LeadEvent:
    return parse(json.dumps({**FLAT, **fields}).encode(), NOW)


def faults(body: object) -> dict[str, str]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(InvalidEvent) as refused:
        parse(raw, NOW)
    return {fault.field: fault.problem for fault in refused.value.faults}


def test_a_flat_event_is_a_handoff_that_happened_when_it_came() -> None:
    event = read()

    assert event.event is EventKind.HANDOFF
    assert event.occurred_at == NOW
    assert (event.lead_id, event.first_name, event.company) == ("00Q5", "Ana", "Acme")
    assert event.custom == {}


def test_typed_fields_have_their_types() -> None:
    event = read(
        grade="b",
        score="87.5",
        amount="12500.50",
        currency="eur",
        owner="Ben@Example.COM",
        occurred_at="2026-11-20T10:00:00+01:00",
    )

    assert (event.grade, event.score) == ("B", 87.5)
    assert (event.amount, event.currency) == (Decimal("12500.50"), "EUR")
    assert event.owner == "ben@example.com"
    assert event.occurred_at == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert event.occurred_at.tzinfo is UTC


def test_a_float_amount_carries_no_binary_noise() -> None:
    assert read(amount=0.1 + 0.2).amount == Decimal("0.3")


def test_numbers_are_taken_where_text_is_expected() -> None:
    event = read(lead_id=12345, phone=4930123456)

    assert (event.lead_id, event.phone) == ("12345", "4930123456")


def test_unknown_keys_are_kept_beside_the_senders_own_custom() -> None:
    event = read(custom={"tier": "gold"}, shoe_size=44, tags=["x", {"y": None}])

    assert event.custom == {"tier": "gold", "shoe_size": 44, "tags": ["x", {"y": None}]}


@pytest.mark.parametrize("filler", [None, "", "  ", "-", "null", "NULL", "\u200b"])
def test_what_forms_put_into_empty_fields_counts_as_absent(filler: str | None) -> None:
    event = read(title=filler, grade=filler, occurred_at=filler, event=filler)

    assert (event.title, event.grade, event.occurred_at) == (None, None, NOW)


def test_a_person_may_be_called_null() -> None:
    assert read(last_name="Null").last_name == "Null"


def test_text_is_trimmed_and_rid_of_unseen_characters() -> None:
    event = read(
        company="  Ac\x00me\u202e \t Ltd\ud800 ",
        message="One\r\n\r\n  two\x07  words  ",
        note="\u2066x\x00",
    )

    assert event.company == "Acme Ltd"
    assert event.message == "One\n\ntwo words"
    assert event.custom["note"] == "x"


def test_joiners_that_emoji_and_scripts_need_stay() -> None:
    assert read(company="👩\u200d💻").company == "👩\u200d💻"


def test_a_link_cannot_break_out_of_slacks_markup() -> None:
    assert read(url="https://example.com/a|b>c").url == "https://example.com/a%7Cb%3Ec"


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("event", "won", "Must be handoff, contacted, outcome, updated, merged or erased."),
        ("email", "Ana <ana@example.com>", "Must be one e-mail address, such as ana@example.com."),
        ("email", "ana@example", "Must be one e-mail address, such as ana@example.com."),
        ("email", "a@b@example.com", "Must be one e-mail address, such as ana@example.com."),
        ("owner", "ben@", "Must be one e-mail address, such as ana@example.com."),
        ("by", ["ben@example.com"], "Must be text."),
        ("first_name", {"x": 1}, "Must be text."),
        ("company", True, "Must be text."),
        ("company", "x" * 201, "Must be at most 200 characters."),
        ("phone", "1" * 51, "Must be at most 50 characters."),
        ("message", "x" * 5001, "Must be at most 5,000 characters."),
        ("grade", "A+", "Must be A, B, C or D."),
        ("score", "high", "Must be a plain number, such as 12500.50."),
        ("score", 10**400, "Must be a plain number, such as 12500.50."),
        ("score", True, "Must be text."),
        ("amount", "1.234,56", "Must be a plain number, such as 12500.50."),
        ("amount", "1_000", "Must be a plain number, such as 12500.50."),
        ("amount", 1e300, "Must be a plain number, such as 12500.50."),
        ("amount", -1, "Must not be below zero."),
        ("currency", "€", "Must be a three-letter currency code, such as EUR."),
        ("kind", "💥", "Must be a short key in plain letters, such as not_a_fit."),
        ("custom", "x", "Must be an object."),
        ("occurred_at", "2026-11-20T10:00:00", "Must say its zone, such as 2026-11-21T10:00:00Z."),
        ("occurred_at", "yesterday", "Must be ISO 8601 with a zone, or epoch seconds."),
        ("occurred_at", 1763632800000, "Must be ISO 8601 with a zone, or epoch seconds."),
        ("occurred_at", "0001-01-01T00:00:00+14:00", "Must lie between the years 2000 and 2100."),
    ],
)
def test_a_fault_names_its_field_and_what_to_do(field: str, value: object, problem: str) -> None:
    assert faults({**FLAT, field: value}) == {field: problem}


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "example.com",
        "https://",
        "https://bank.example@evil.example/",
        "https://example.com/a b",
        "https://[::1",
        "https://example.com:port/",
    ],
)
def test_only_a_plain_web_address_is_a_url(url: str) -> None:
    assert list(faults({**FLAT, "url": url})) == ["url"]


def test_every_fault_is_told_at_once() -> None:
    found = faults({"event": "outcome", "grade": "Z", "amount": "lots", "url": "ftp://x"})

    assert list(found) == ["lead_id", "kind", "grade", "amount", "url"]


def test_a_wrong_email_is_not_also_called_missing() -> None:
    assert list(faults({"email": "ana"})) == ["email"]


def test_a_handoff_needs_something_to_call_the_lead_by() -> None:
    assert list(faults({"lead_id": "1"})) == ["company"]
    assert parse(b'{"email": "ana@example.com"}', NOW).company is None


@pytest.mark.parametrize("kind", ["contacted", "outcome"])
def test_contact_and_outcome_need_only_know_the_lead(kind: str) -> None:
    event = parse(json.dumps({"event": kind, "lead_id": "1", "kind": "Not a fit"}).encode(), NOW)

    assert (event.event, event.kind) == (kind, "not_a_fit")


@pytest.mark.parametrize("kind", ["updated", "erased"])
def test_an_update_or_erasure_needs_only_know_the_lead(kind: str) -> None:
    assert parse(json.dumps({"event": kind, "lead_id": "1"}).encode(), NOW).event == kind


def test_a_merger_says_which_lead_lives_on() -> None:
    assert faults({"event": "merged", "lead_id": "1"}) == {
        "into": "Give the id of the lead that lives on."
    }
    assert parse(b'{"event": "merged", "lead_id": "1", "into": 2}', NOW).into == "2"


def test_a_meeting_may_lie_ahead_and_has_an_end() -> None:
    event = read(
        meeting_at="2026-11-27T10:00:00+01:00", meeting_ends_at="2026-11-27T10:30:00+01:00"
    )

    assert event.meeting_at == datetime(2026, 11, 27, 9, tzinfo=UTC)
    assert event.meeting_ends_at == datetime(2026, 11, 27, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("times", "field", "problem"),
    [
        ({"meeting_at": "2028-01-01T00:00Z"}, "meeting_at", "Lies more than a year ahead."),
        ({"meeting_ends_at": "2026-11-27T10:00Z"}, "meeting_at", "Say when the meeting begins."),
        (
            {"meeting_at": "2026-11-27T10:00Z", "meeting_ends_at": "2026-11-27T10:00Z"},
            "meeting_ends_at",
            "Must lie within a day after meeting_at.",
        ),
    ],
)
def test_a_meeting_that_cannot_be_is_told_so(
    times: dict[str, str], field: str, problem: str
) -> None:
    assert faults({**FLAT, **times}) == {field: problem}


def test_only_an_update_that_empties_the_meeting_calls_it_off() -> None:
    assert read(event="updated", meeting_at=None).meeting_is_off
    assert not read(event="updated").meeting_is_off
    assert not read(meeting_at="").meeting_is_off
    enveloped = {**ENVELOPE, "type": "com.example.lead.updated.v1"}
    assert not parse(json.dumps(enveloped).encode(), NOW).meeting_is_off
    enveloped["data"] = {"lead": {"id": "1"}, "meeting_at": None}
    assert parse(json.dumps(enveloped).encode(), NOW).meeting_is_off


def test_a_sender_slightly_ahead_of_our_clock_counts_as_now() -> None:
    ahead = NOW + timedelta(minutes=5)

    assert read(occurred_at=ahead.isoformat()).occurred_at == NOW
    assert read(occurred_at=int(ahead.timestamp())).occurred_at == NOW


def test_the_future_is_refused() -> None:
    ahead = NOW + timedelta(minutes=5, seconds=1)

    assert list(faults({**FLAT, "occurred_at": ahead.isoformat()})) == ["occurred_at"]


def test_epoch_seconds_may_come_as_text_or_number() -> None:
    moment = datetime(2026, 11, 1, tzinfo=UTC)

    assert read(occurred_at=moment.timestamp()).occurred_at == moment
    assert read(occurred_at=str(int(moment.timestamp()))).occurred_at == moment


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b'{"a": NaN}', b"[" * 100_000, b'{"a":' * 100_000, b"1" * 5000],
)
def test_what_is_no_json_is_told_so(body: bytes) -> None:
    assert faults(body) == {"body": "Must be JSON in UTF-8."}


@pytest.mark.parametrize("body", [b"[]", b"null", b'"x"', b"7"])
def test_what_is_no_object_is_told_so(body: bytes) -> None:
    assert faults(body) == {"body": "Must be one JSON object."}


def test_custom_fields_are_bounded() -> None:
    deep: dict[str, object] = {"x": 1}
    for _ in range(6):
        deep = {"x": deep}

    assert faults({**FLAT, **deep}) == {"custom": "Custom fields must be at most 6 levels deep."}
    assert list(faults({**FLAT, "note": "x" * 64_001})) == ["custom"]
    assert list(faults(json.dumps({**FLAT, "n": 1}).replace(": 1}", ": 1e999}").encode())) == [
        "custom"
    ]


def test_an_envelope_reads_as_the_flat_event_does() -> None:
    event = parse(json.dumps(ENVELOPE).encode(), NOW)

    assert event == LeadEvent(
        event=EventKind.HANDOFF,
        occurred_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
        lead_id="77",
        first_name="Ana",
        last_name="Ruiz",
        email="ana@example.com",
        company="Acme",
        campaign="Spring webinar",
        campaign_id="c-9",
        utm_source="news",
        owner="ben@example.com",
        grade="A",
        custom={"lead": {"system": "hubspot"}, "shoe_size": 44},
    )


def test_a_campaign_may_have_an_id_and_no_name() -> None:
    data = {"lead": {"id": "1"}, "account_name": "Acme", "campaign": {"name": "", "ref": "c-9"}}

    event = parse(json.dumps({**ENVELOPE, "data": data}).encode(), NOW)

    assert (event.campaign, event.campaign_id) == (None, "c-9")


@pytest.mark.parametrize("kind", list(EventKind))
def test_the_envelopes_type_says_what_happened(kind: EventKind) -> None:
    data = {"lead": {"id": 1}, "into": {"id": 2}, "account_name": "Acme", "kind": "won"}
    envelope = {**ENVELOPE, "type": f"org.example.crm.lead.{kind}.v1", "data": data}

    assert parse(json.dumps(envelope).encode(), NOW).event is kind


@pytest.mark.parametrize(
    "unknown", ["com.example.lead.handoff.v2", "com.example.lead.rated.v1", "lead.handoff.v1", 7]
)
def test_an_unknown_type_is_a_fault(unknown: object) -> None:
    assert list(faults({**ENVELOPE, "type": unknown})) == ["type"]


def test_faults_in_an_envelope_are_named_by_their_path() -> None:
    data = {"lead": {}, "person": "Ana", "campaign": {"utm": []}, "grade": "Z"}
    found = faults({"specversion": "0.3", "id": "", "type": 7, "time": "noon", "data": data})

    assert set(found) == {
        "specversion",
        "id",
        "source",
        "type",
        "time",
        "data.person",
        "data.campaign.utm",
        "data.lead.id",
        "data.grade",
    }


def test_an_envelope_without_data_is_a_fault() -> None:
    assert "data" in faults({**ENVELOPE, "data": None})
    assert "data" in faults({**ENVELOPE, "data": "eA=="})


def test_unknown_attributes_of_the_envelope_are_ignored() -> None:
    event = parse(json.dumps({**ENVELOPE, "traceparent": "00-1", "email": "x"}).encode(), NOW)

    assert "traceparent" not in event.custom


def test_the_lead_is_keyed_by_its_id_or_a_hash_of_its_email() -> None:
    by_email = parse(b'{"email": " Ana@Example.com "}', NOW)

    assert read().lead_key == "id:00Q5"
    assert by_email.lead_key == "email:" + sha256(b"ana@example.com").hexdigest()


def test_repr_shows_nobody() -> None:
    event = read(
        lead_id="secret1", first_name="secret2", last_name="secret3", email="secret4@example.com",
        phone="secret5", title="secret6", country="secret7", company="secret8",
        message="secret9", reason="secret10", last_activity="secret11", by="secret12@example.com",
        owner="secret13@example.com", url="https://example.com/secret14", shoe="secret15",
        campaign="secret16", source="secret17", grade="A",
    )  # fmt: skip

    assert "secret" not in repr(event) + str(event)
    assert "grade='A'" in repr(event)


def test_a_refusal_shows_nobody() -> None:
    with pytest.raises(InvalidEvent) as refused:
        read(email="secret", grade="secret", occurred_at="secret")

    assert len(refused.value.faults) == 3
    assert "secret" not in repr(refused.value) + repr(refused.value.faults)


def test_an_event_survives_being_written_as_json() -> None:
    event = parse(json.dumps(ENVELOPE).encode(), NOW)

    assert LeadEvent.model_validate_json(event.model_dump_json()) == event


def test_the_envelope_knows_every_field() -> None:
    assert ENVELOPE_PATHS.keys() == LeadEvent.model_fields.keys() - {"custom", "meeting_is_off"}


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
flat_events = st.dictionaries(st.sampled_from([*ENVELOPE_PATHS, "custom", "x"]), anything)
envelopes = st.fixed_dictionaries(
    {"specversion": st.just("1.0") | anything, "type": st.just(ENVELOPE["type"]) | anything},
    optional={
        "time": anything,
        "data": st.dictionaries(
            st.sampled_from(["lead", "person", "campaign", "grade", "custom", "account_name"]),
            st.dictionaries(st.sampled_from(["id", "email", "name", "utm"]), anything) | anything,
        ),
    },
)


@settings(deadline=None)
@given(anything | flat_events | envelopes)
def test_whatever_comes_is_an_event_or_told_its_faults(document: object) -> None:
    try:
        event = parse(json.dumps(document).encode(), NOW)
    except InvalidEvent as refused:
        assert refused.faults
        assert all(fault.field and fault.problem for fault in refused.faults)
    else:
        event.model_dump_json().encode()
        assert event.lead_key
        assert event.occurred_at <= NOW
