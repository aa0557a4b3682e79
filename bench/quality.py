"""`make bench-quality`: how often each rule calls a good campaign bad, and how many bad it finds.

Prints one table for each world, and says whether the promises hold. Takes minutes on two cores.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from random import Random
from time import perf_counter

from bench.simulation import COUNTING, CROSSED, Ever, Figures, World, figures, play
from bot.core.crossed import Cell, Crossed, probability
from bot.progress import Bar

PROMISED = World("Severe and lenient reps; 60 % of a campaign's leads go to one of them")
HARSH = World(
    "One rep calls 84 % bad and rates 60 % of three good campaigns; no campaign is bad",
    bad_campaigns=0,
    severity=0.0,
    harsh_rep=0.84,
)
MOST_GOOD_FLAGGED, FEWEST_BAD_FOUND, SLOWEST = 0.01, 0.55, 1.0
RULES = {
    "naive": "more than half bad, n >= 5",
    "Wilson": "Wilson above the mean, n >= 8",
    "beta-binomial": "beta-binomial, n >= 8",
    CROSSED: "crossed (ours)",
}
WORLDS = (
    PROMISED,
    HARSH,
    World("As the first, and no campaign is bad", bad_campaigns=0),
    World("All reps alike, and leads go to any of them", severity=0.0, main_share=0.0),
    World("As the first, and bad leads are rated twice as often", bad_is_told=2.0),
    World(
        "As the first; bad is said at once, good after three weeks; campaigns begin in turn",
        good_takes=3.0,
        starts_within=13,
    ),
)


def main() -> int:
    """0 when every promise holds, 1 when one is broken."""
    parser = argparse.ArgumentParser(prog="python -m bench.quality", description=__doc__)
    parser.add_argument("--runs", type=int, default=300, help="of the first world (default 300)")
    parser.add_argument("--others", type=int, default=100, help="of each other (default 100)")
    parser.add_argument("--seed", type=int, default=20261125)
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args()
    broken: list[str] = []
    with ProcessPoolExecutor(chosen.processes) as pool:
        for world in WORLDS:
            count = chosen.runs if world is PROMISED else chosen.others
            bar, runs = Bar(count, "runs"), []
            for run in pool.map(partial(play, world), range(chosen.seed, chosen.seed + count)):
                runs.append(run)
                bar.show(len(runs))
            bar.clear()
            print("\n".join(_table(world, runs)), end="\n\n")
            broken += _broken(world, figures(world, runs, CROSSED))
    seconds = _time_of_a_fit(chosen.seed)
    print(f"200 campaigns, 50 reps, 8,000 ratings: {seconds:.2f} s.")
    if seconds >= SLOWEST:
        broken.append("slower than a second")
    print(f"Broken: {'; '.join(broken)}." if broken else "Every promise holds.")
    return int(bool(broken))


def _table(world: World, runs: Sequence[Mapping[str, Ever]]) -> Iterator[str]:
    yield f"{world.name}: {len(runs)} runs, {world.campaigns} campaigns, {world.reps} reps, "
    yield f"{world.weeks} weeks, {world.per_week:g} ratings a week and campaign."
    yield f"{'':32}{'good ever':>10}{'the three':>10}{'bad':>7}{'false of':>9}{'ratings':>8}"
    yield f"{'':32}{'flagged':>10}{'suspects':>10}{'found':>7}{'flagged':>9}{'to flag':>8}"
    for rule in [*COUNTING, CROSSED]:
        found = figures(world, runs, rule)
        suspects = f"{found.suspects_flagged:.1%}" if world.harsh_rep else "-"
        bads = (
            f"{found.bad_found:>7.0%}{found.false_of_flagged:>9.1%}{found.ratings_to_flag:>8.0f}"
            if world.bad_campaigns
            else f"{'-':>7}{'-':>9}{'-':>8}"
        )
        yield f"{RULES[rule]:32}{found.good_flagged:>10.1%}{suspects:>10}{bads}"
    ours = figures(world, runs, CROSSED)
    yield f"Ours asked a second rep about {ours.good_watched:.0%} of the good campaigns" + (
        f" and {ours.bad_watched:.0%} of the bad." if world.bad_campaigns else "."
    )


def _broken(world: World, ours: Figures) -> Iterator[str]:
    if world is PROMISED and ours.good_flagged > MOST_GOOD_FLAGGED:
        yield f"{ours.good_flagged:.1%} of the good campaigns flagged"
    if world is PROMISED and ours.bad_found < FEWEST_BAD_FOUND:
        yield f"only {ours.bad_found:.0%} of the bad campaigns found"
    if world is HARSH and ours.suspects_flagged > 0:
        yield "a good campaign flagged for its severe rep"


def _time_of_a_fit(seed: int) -> float:
    """Seconds of CPU for one judgement of everything."""
    chance = Random(seed)
    cells: dict[tuple[int, int], list[bool]] = {}
    severity = [chance.gauss(0, 1) for _ in range(50)]
    for _ in range(8000):
        campaign, rep = chance.randrange(200), chance.randrange(50)
        is_bad = chance.random() < probability(severity[rep] - 0.85)
        cells.setdefault((campaign, rep), []).append(is_bad)
    begun = perf_counter()
    model = Crossed(
        Cell(f"{campaign}", f"{rep}", len(said), sum(said))
        for (campaign, rep), said in cells.items()
    )
    usual = model.typical()
    for name in model.campaigns:
        model.contrast(name, usual, 1.25)
        model.expected_bad(name, usual)
    return perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
