"""Counts for `/metrics`: how often something happened in this process, in Prometheus' text form.

A dependency would bring a registry that is a global, and histograms nobody asked for; the form is
two lines a number.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

COUNTERS = {
    "liaison_acks_total": "Requests answered, by kind: webhook, event, click.",
    "liaison_ack_seconds_total": "Seconds until they were answered, in all.",
    "liaison_late_acks_total": "Requests of Slack's answered after its three seconds.",
    "liaison_refusals_total": "Webhook deliveries refused or not stored, by HTTP status.",
    "liaison_messages_total": "Sendings by outcome: shown, dropped, held, retry, unclear …",
    "liaison_rate_limited_total": "Times Slack answered 429.",
    "liaison_deaf_seconds_total": "Seconds in which no Socket Mode connection stood.",
    "liaison_job_runs_total": "Runs of a job.",
    "liaison_job_failures_total": "Runs of a job that failed.",
}
GAUGES = {
    "liaison_queue_messages": "Messages that wait for Slack.",
    "liaison_queue_age_seconds": "How long the oldest of them could have gone out.",
    "liaison_inbox_events": "Stored events that wait to be worked on.",
    "liaison_message_fates": "Messages of the last two weeks by kind, and what became of them.",
    "liaison_late_steps": "Steps of the ladder that are due and not taken.",
}


@dataclass(frozen=True)
class Reading:
    """One number at one moment; `labels` as Prometheus writes them, such as `job="a"`."""

    name: str
    value: float
    labels: str = ""


class Meters:
    """One per process; any thread may count."""

    def __init__(self) -> None:
        self._counts: defaultdict[tuple[str, str], float] = defaultdict(float)
        self._lock = Lock()

    def count(self, name: str, by: float = 1, **labels: str) -> None:
        """`name` is one of `COUNTERS`; a label's value is a word of ours, never of a person."""
        written = ",".join(f'{label}="{value}"' for label, value in sorted(labels.items()))
        with self._lock:
            self._counts[name, written] += by

    def acknowledged(self, kind: str, seconds: float, *, within: float | None = None) -> None:
        """A request was answered after `seconds`; late beyond `within`."""
        self.count("liaison_acks_total", kind=kind)
        self.count("liaison_ack_seconds_total", seconds, kind=kind)
        if within is not None and seconds > within:
            self.count("liaison_late_acks_total", kind=kind)

    def readings(self) -> list[Reading]:
        """What was counted so far; 0 for what never happened."""
        with self._lock:
            counted = [Reading(name, value, by) for (name, by), value in self._counts.items()]
        known = {reading.name for reading in counted}
        return counted + [Reading(name, 0) for name in COUNTERS if name not in known]


def exposition(readings: Iterable[Reading]) -> str:
    """The text Prometheus scrapes (exposition format 0.0.4)."""
    by_name: defaultdict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        by_name[reading.name].append(reading)
    lines: list[str] = []
    for name in sorted(by_name):
        kind, about = ("counter", COUNTERS[name]) if name in COUNTERS else ("gauge", GAUGES[name])
        lines += [f"# HELP {name} {about}", f"# TYPE {name} {kind}"]
        for reading in sorted(by_name[name], key=lambda each: each.labels):
            labels = f"{{{reading.labels}}}" if reading.labels else ""
            lines.append(f"{name}{labels} {reading.value:.10g}")
    return "\n".join(lines) + "\n"
