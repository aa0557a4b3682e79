"""When a campaign is flagged, watched, or left in peace."""

from datetime import UTC, date, datetime, timedelta

from bench.simulation import CROSSED, World, figures, play
from bot.core.quality import WINDOW, Judgement, Rating, SoFar, Terms, Verdict, judge, so_far

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY = date(2026, 11, 24)
REPS = ("ana", "ben", "cleo", "dan")


def rated(campaign: str, rater: str, bad: int, of: int, days_ago: float = 10) -> list[Rating]:
    at = NOW - timedelta(days=days_ago)
    return [Rating(campaign, rater, number < bad, at) for number in range(of)]


def usual() -> list[Rating]:
    """Nine campaigns, each rated by four reps who call 30 % bad."""
    return [
        each for at in range(9) for rep in REPS for each in rated(f"usual {at}", rep, bad=3, of=10)
    ]


def webinar(ratings: list[Rating], terms: Terms | None = None) -> Judgement:
    agreed = {"webinar": terms} if terms else {}
    return judge([*usual(), *ratings], agreed, NOW, TODAY)["webinar"]


def by(reps: int, bad: int, of: int, days_ago: float = 10) -> list[Rating]:
    return [each for rep in REPS[:reps] for each in rated("webinar", rep, bad, of, days_ago)]


def test_a_campaign_much_worse_than_usual_in_many_eyes_is_flagged() -> None:
    found = webinar(by(reps=4, bad=8, of=10))
    assert found.verdict is Verdict.FLAG
    assert (found.ratings, found.bad, found.raters) == (40, 32, REPS)
    assert 11 < found.expected_bad < 14
    assert found.probability > 0.95
    assert found.points > 0.3


def test_a_campaign_like_the_others_is_left_in_peace() -> None:
    assert webinar(by(reps=4, bad=3, of=10)).verdict is Verdict.USUAL


def test_one_rater_alone_never_flags_and_a_second_is_asked() -> None:
    found = webinar(by(reps=1, bad=20, of=20))
    assert found.verdict is Verdict.WATCH
    assert len(found.raters) == 1


def test_what_one_person_says_never_flags_while_the_others_do_not_see_it() -> None:
    alone = rated("webinar", "ana", bad=40, of=40)
    others = [each for rep in REPS[1:] for each in rated("webinar", rep, bad=2, of=6)]
    found = webinar([*alone, *others])
    assert found.probability > 0.95
    assert found.verdict is Verdict.WATCH


def test_too_few_ratings_say_how_many_are_missing() -> None:
    found = webinar(by(reps=2, bad=1, of=3))
    assert found.verdict is Verdict.TOO_FEW
    assert found.ratings == 6


def test_what_counts_so_far_is_rated_of_late_and_since_the_last_change() -> None:
    told = by(reps=4, bad=1, of=2)
    rated_of_it = [(each.campaign, each.rater, each.at) for each in told]
    long_ago = ("webinar", "zoe", NOW - WINDOW)

    assert so_far([*rated_of_it, long_ago], {}, NOW) == {"webinar": SoFar(8, 4)}
    assert so_far(rated_of_it, {}, NOW)["webinar"].is_enough
    assert so_far(rated_of_it, {"webinar": Terms(changed_at=NOW)}, NOW) == {}
    assert not SoFar(8, 1).is_enough
    assert not SoFar(7, 2).is_enough


def test_before_the_day_agreed_on_nothing_is_said() -> None:
    bad = by(reps=4, bad=8, of=10)
    assert webinar(bad, Terms(judge_on=date(2026, 11, 25))).verdict is Verdict.TOO_EARLY
    assert webinar(bad, Terms(judge_on=TODAY)).verdict is Verdict.FLAG


def test_ratings_older_than_ninety_days_count_no_more() -> None:
    old = by(reps=4, bad=8, of=10, days_ago=91)
    assert "webinar" not in judge([*usual(), *old], {}, NOW, TODAY)
    assert webinar([*old, *by(reps=1, bad=0, of=1)]).ratings == 1


def test_a_campaign_that_was_changed_starts_anew() -> None:
    terms = Terms(changed_at=NOW - timedelta(days=5))
    before, since = by(reps=4, bad=8, of=10), by(reps=2, bad=1, of=3, days_ago=2)
    found = webinar([*before, *since], terms)
    assert (found.verdict, found.ratings, found.bad) == (Verdict.TOO_FEW, 6, 2)


def test_what_was_rated_before_a_change_still_shows_how_severe_a_rater_is() -> None:
    severe = rated("webinar", "eve", bad=38, of=40, days_ago=20)
    since = rated("webinar", "eve", bad=5, of=6, days_ago=2)
    terms = {"webinar": Terms(changed_at=NOW - timedelta(days=5))}
    known = judge([*usual(), *severe, *since], terms, NOW, TODAY)["webinar"]
    unknown = judge([*usual(), *since], terms, NOW, TODAY)["webinar"]
    assert known.expected_bad > unknown.expected_bad + 0.5


def test_nothing_rated_is_no_trouble() -> None:
    assert judge([], {}, NOW, TODAY) == {}


def test_a_severe_rep_with_most_leads_of_three_good_campaigns_flags_none_of_them() -> None:
    world = World("severe", bad_campaigns=0, severity=0.0, harsh_rep=0.84, weeks=14)
    runs = [play(world, seed, every=13) for seed in range(3)]
    assert figures(world, runs, CROSSED).suspects_flagged == 0
    assert figures(world, runs, "naive").suspects_flagged > 0.5


def test_bad_campaigns_are_found_and_good_ones_left_in_peace() -> None:
    """The small form of `make bench-quality`; four looks find fewer than twenty-six."""
    runs = [play(World("small"), seed, every=6) for seed in range(8)]
    ours, counting = (figures(World("small"), runs, r) for r in (CROSSED, "naive"))
    assert ours.bad_found >= 0.3
    assert ours.good_flagged <= 0.01
    assert counting.good_flagged >= 0.1
