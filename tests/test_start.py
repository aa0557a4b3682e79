"""A bot begins while Slack has a bad minute."""

from tests.office import BEN, Office


def test_slack_that_takes_longer_than_half_a_lease_does_not_keep_the_bot_from_starting(
    own_office: Office,
) -> None:
    # The lease is two seconds here: a courier would have given up on a call after one.
    for method in ("auth.test", "users.list"):
        own_office.control.fault("slow", method=method, times=1, seconds=1.4)

    own_office.open()
    own_office.hand_over(lead_id="early")

    assert own_office.control.until(lambda: own_office.dms(BEN))
