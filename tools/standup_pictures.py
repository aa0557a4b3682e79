"""Makes the stand-up's pictures in docs/pictures from the demo: python tools/standup_pictures.py

As in tools/pictures.py, each is the sandbox page after the clicks that lead there.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import expect

sys.path.insert(0, str(Path(__file__).parent.parent))

from sandbox.control import Control
from tools.pictures import DESK, PHONE, View, chromium, demo

ANA, BEN, IDA = "U0ANA000000", "U0BEN000000", "U0IDA000000"
STANDUP = "C0STANDUP00"


class Pictures:
    """The meeting, and the two windows in which it is looked at."""

    def __init__(self, control: Control, views: list[View]) -> None:
        self._control = control
        self._views = views
        today = datetime.fromisoformat(control.state(ANA)["clock"]["now"]).astimezone(UTC)
        monday = today + timedelta(days=(7 - today.weekday()) % 7)
        self.monday = monday.replace(hour=9, minute=0, second=0, microsecond=0)

    def make(self) -> None:
        self._two_weeks_ago()
        self._control.command(BEN, STANDUP, "/alignment-standup", "items")
        self._set(self.monday + timedelta(weeks=2))
        self.snap("standup-agenda", "standup", "ana", "Action items")
        self._set(self.monday + timedelta(weeks=2, days=1))
        self.snap("standup-start", "standup", "ana", "1 of")
        for view in self._views:
            self._at(view, "ana", "standup")
            message = view.message("1 of")
            message.get_by_role("button", name="Decide…").first.click()
            expect(view.modal).to_be_visible()
            view.snap("standup-decide")
            view.page.get_by_test_id("modal-cancel").click()
        self._press(self._views[0], "Next", "2 of")
        desk = self._views[0]
        self._at(desk, "ana", "standup")
        desk.press(desk.message("2 of"), "Decision…")
        words = "Fair leads come with the name of whoever met them."
        desk.modal.get_by_label("What was decided?").fill(words)
        desk.page.get_by_test_id("modal-submit").click()
        expect(desk.message("2 of")).to_contain_text("Decided")
        self._set(self.monday + timedelta(weeks=2, days=1, hours=1))
        self.snap("standup-minutes", "standup", "ana", "Minutes of the")
        self._set(self.monday + timedelta(weeks=2, days=4))
        self.snap("standup-duty", "liaison", "ana", "Your turn to lead")
        self.snap("standup-home", "home", "ida", None)

    def _two_weeks_ago(self) -> None:
        """An item that was carried twice, one of last week, and a topic."""
        self._set(self.monday - timedelta(hours=1))
        self._add_item(ANA, "Ask for the company size in the form", IDA)
        for week in range(2):
            self._set(self.monday + timedelta(weeks=week))
            self._set(self.monday + timedelta(weeks=week, days=1))
            self._press(self._views[0], "Next", "2 of")
            if week == 0:
                self._look_at_a_problem()
            self._set(self.monday + timedelta(weeks=week, days=1, hours=1))
        self._add_item(ANA, "Call the three trials that stopped", BEN)
        topic = "add who calls the leads of the trade fair?"
        self._control.command(BEN, STANDUP, "/alignment-standup", topic)

    def _look_at_a_problem(self) -> None:
        self.snap("standup-problem", "standup", "ana", "2 of")
        for view in self._views:
            self._at(view, "ana", "standup")
            view.press(view.message("2 of"), "Show the list")
            expect(view.modal).to_be_visible()
            view.snap("standup-leads")
            view.page.get_by_test_id("modal-close").click()
            view.press(view.message("2 of"), "Action item…")
            expect(view.modal).to_be_visible()
            view.snap("standup-item")
            view.page.get_by_test_id("modal-cancel").click()

    def _add_item(self, by: str, words: str, owner: str) -> None:
        ts = self._control.post(by, STANDUP, words)
        self._control.shortcut(by, "lead:add_to_standup", channel=STANDUP, ts=ts)
        form = self._modal(by, "Add to stand-up")
        self._control.submit(by, form, {"add_as": {"choice": "item"}})
        form = self._modal(by, "Action item")
        due = (self.monday + timedelta(days=9)).date().isoformat()
        values = {"item_owner": owner, "item_due": due, "item_done_when": "Both sides see it"}
        filled = {field: {"choice": value} for field, value in values.items()}
        self._control.submit(by, form, filled)
        self._control.close(by, self._modal(by, "Added"))

    def _modal(self, person: str, title: str) -> str:
        def shown() -> str | None:
            views = self._control.state(person)["views"]
            return next((v["id"] for v in views if v["title"]["text"] == title), None)

        return self._control.until(shown)

    def _press(self, view: View, label: str, then: str) -> None:
        self._at(view, "ana", "standup")
        view.press(view.message(" of "), label)
        expect(view.message(then)).to_be_visible()

    def _set(self, moment: datetime) -> None:
        self._control.set_clock(moment)
        self._control.advance("1m")

    @staticmethod
    def _at(view: View, person: str, place: str) -> None:
        view.go(place, person)

    def snap(self, name: str, place: str, person: str, words: str | None) -> None:
        for view in self._views:
            self._at(view, person, place)
            if words:
                expect(view.message(words)).to_be_visible()
                view.message(words).scroll_into_view_if_needed()
            else:
                expect(view.page.get_by_test_id("home")).to_contain_text("action items")
            view.snap(name)


def main() -> int:
    with demo() as url, chromium() as browser:
        views = [View(browser, url, frame) for frame in (DESK, PHONE)]
        Pictures(Control(url), views).make()
    return 0


if __name__ == "__main__":
    sys.exit(main())
