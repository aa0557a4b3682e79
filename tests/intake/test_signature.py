from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from standardwebhooks.webhooks import Webhook

from bot.intake.signature import NotTrusted, Verifier

OLD = "whsec_" + "b2xkIHNlY3JldCBvbGQgc2VjcmV0IG9sZA=="
NEW = "whsec_" + "bmV3IHNlY3JldCBuZXcgc2VjcmV0IG5ldw=="
STRANGER = "whsec_" + "c3RyYW5nZXIgc3RyYW5nZXIgc3RyYW5nZQ=="
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
BODY = '{"lead_id": "Zoë"}'.encode()

verifier = Verifier([NEW, OLD], lambda: NOW)


def signed(body: bytes = BODY, secret: str = NEW, at: datetime = NOW) -> dict[str, str]:
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", at, body.decode()),
    }


def refusal(headers: Mapping[str, str], body: bytes = BODY) -> str:
    with pytest.raises(NotTrusted) as refused:
        verifier.delivery_key(headers, body)
    return str(refused.value)


def test_a_signed_delivery_is_known_by_its_webhook_id() -> None:
    assert verifier.delivery_key(signed(), BODY) == "wh:msg_1"


def test_the_specifications_own_example_verifies() -> None:
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }

    key = Verifier(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], lambda: at).delivery_key(
        headers, b'{"test": 2432232314}'
    )

    assert key == "wh:msg_p5jXN8AQM9LWM0D4loKWxJek"


def test_either_of_two_secrets_will_do_while_one_is_rotated_out() -> None:
    assert verifier.delivery_key(signed(secret=OLD), BODY)
    assert verifier.delivery_key({"authorization": f"Bearer {OLD}"}, BODY)


def test_one_fitting_signature_among_several_is_enough() -> None:
    headers = signed()
    headers["webhook-signature"] = f"v1a,xyz v1,AAAA {headers['webhook-signature']}"

    assert verifier.delivery_key(headers, BODY)


@pytest.mark.parametrize("minutes", [-5, 5])
def test_five_minutes_of_clock_difference_are_fine(minutes: int) -> None:
    assert verifier.delivery_key(signed(at=NOW + timedelta(minutes=minutes)), BODY)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_stale_or_early_signature_is_refused(seconds: int) -> None:
    headers = signed(at=NOW + timedelta(seconds=seconds))

    assert refusal(headers) == "webhook-timestamp is more than five minutes from our clock."


def test_another_body_or_secret_is_refused() -> None:
    wrong = "No signature in webhook-signature fits this body."

    assert refusal(signed(), BODY + b" ") == wrong
    assert refusal(signed(secret=STRANGER)) == wrong
    assert refusal({**signed(), "webhook-id": "msg_2"}) == wrong


@pytest.mark.parametrize(
    "garbled",
    ["", "garbage", "v1", "v1,", "v1,%%%", "v2,AAAA", "ÿ,ÿ", ",", " ", "v1," + "A" * 5000],
)
def test_a_garbled_signature_is_refused(garbled: str) -> None:
    assert refusal({**signed(), "webhook-signature": garbled})


@pytest.mark.parametrize("stamp", ["", "soon", "1e9", "nan", "-1", "²", "9" * 12, "9" * 5000])
def test_a_garbled_timestamp_is_refused(stamp: str) -> None:
    assert refusal({**signed(), "webhook-timestamp": stamp})


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp"])
def test_a_signature_without_its_other_headers_is_refused(missing: str) -> None:
    headers = signed()
    del headers[missing]

    assert refusal(headers) == f"The header {missing} is missing or malformed."


def test_a_bearer_does_not_mend_a_wrong_signature() -> None:
    assert refusal({**signed(secret=STRANGER), "authorization": f"Bearer {NEW}"})


def test_a_bearer_delivery_is_known_by_its_body_unless_it_has_an_id() -> None:
    bearer = {"authorization": f"bearer {NEW}"}

    assert verifier.delivery_key(bearer, BODY) == f"body:{sha256(BODY).hexdigest()}"
    assert verifier.delivery_key({**bearer, "webhook-id": "zap-7"}, BODY) == "wh:zap-7"


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", f"Basic {NEW}", NEW, f"Bearer {STRANGER}", "Bearer ÿ"],
)
def test_anything_but_one_of_the_secrets_is_no_bearer(authorization: str) -> None:
    assert refusal({"authorization": authorization})


def test_no_proof_at_all_is_refused_with_the_two_ways_to_give_one() -> None:
    assert "Standard Webhooks" in refusal({})


def test_a_body_that_is_no_text_cannot_have_been_signed() -> None:
    assert refusal(signed(), b"\xff") == (
        "The body is not UTF-8, so its signature cannot be checked."
    )


@pytest.mark.parametrize("secrets", [[], ["whsec_"], ["whsec_a"], [NEW, ""]])
def test_a_secret_that_is_none_is_refused_at_once(secrets: list[str]) -> None:
    with pytest.raises(ValueError):
        Verifier(secrets, lambda: NOW)


def test_no_secret_shows_in_a_refusal() -> None:
    assert NEW not in refusal({"authorization": f"Bearer {NEW}x"})
