"""Makes the stand-up's pictures in docs/pictures from the demo: python tools/standup_pictures.py

As in tools/pictures.py, each is the sandbox page after the clicks that lead there.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Error, expect

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
        self._type(BEN, "items")
        self.snap("standup-none", "standup", "ben", "You have no action item open.")
        self._two_weeks_ago()
        self._made_of_a_flag()
        self._type(IDA, "items")
        self.snap("standup-items", "standup", "ida", "action items open.")
        self._look_where_it_comes_from()
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
        self._hold_in_writing()
        self._type(ANA, "skip everybody is at the fair")
        self.snap("standup-skip", "standup", "ana", "says Ana Ruiz")

    def _made_of_a_flag(self) -> None:
        """Ben flags a campaign, and Ida makes an action item of it."""
        self._control.command(BEN, STANDUP, "/campaign", "flag Spring webinar")
        form = self._modal(BEN, "Flag a campaign")
        issue = {"flag_issue": {"choice": "Students, not buyers"}}
        self._control.submit(BEN, form, issue)
        self._control.close(BEN, self._modal(BEN, "Flagged"))
        desk = self._views[0]
        self._at(desk, "ida", "liaison")
        desk.press(desk.message("flagged Spring webinar"), "Action item…")
        desk.modal.get_by_label("What will be done?").fill("Ask for the job title in its form")
        desk.modal.get_by_label("Who does it?").select_option(value=IDA)
        desk.page.get_by_test_id("modal-submit").click()
        self._control.close(IDA, self._modal(IDA, "Added"))
        self.snap("standup-flag", "liaison", "ida", "Action item: Ask for the job title")

    def _look_where_it_comes_from(self) -> None:
        for view in self._views:
            self._at(view, "ida", "standup")
            view.press(view.message("action items open."), "See the flag")
            expect(view.modal).to_contain_text("Students, not buyers")
            view.snap("standup-origin")
            view.page.get_by_test_id("modal-close").click()

    def _hold_in_writing(self) -> None:
        """The meeting of the week after: asked, answered by two, told in one summary."""
        self._type(ANA, "async")
        self._set(self.monday + timedelta(weeks=3, days=1))
        self.snap("standup-written", "liaison", "ida", "is held in writing: two questions")
        answers = {
            "ida": ("The form asks for the job title since Friday.", "Nobody answers at the fair."),
            "ana": ("All fair leads were called.", "Two reps are ill; Ben helps out."),
        }
        desk = self._views[0]
        for name, (progress, problem) in answers.items():
            self._at(desk, name, "liaison")
            desk.press(desk.message("is held in writing: two questions"), "Answer…")
            fields = desk.modal.get_by_role("textbox")
            fields.nth(0).fill(progress)
            fields.nth(1).fill(problem)
            desk.page.get_by_test_id("modal-submit").click()
            expect(desk.message("Your answer for the stand-up")).to_be_visible()
        self._set(self.monday + timedelta(weeks=3, days=2, minutes=1))
        self.snap("standup-summary", "standup", "ana", "In the way: Nobody answers")

    def _type(self, person: str, words: str) -> None:
        self._control.command(person, STANDUP, "/alignment-standup", words)

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
                _scroll_to(view, words)
            else:
                expect(view.page.get_by_test_id("home")).to_contain_text("action items")
            view.snap(name)


def _scroll_to(view: View, words: str) -> None:
    """Once more where news has drawn the message anew meanwhile."""
    for _ in range(5):
        try:
            view.message(words).scroll_into_view_if_needed()
        except Error:
            continue
        return


def main() -> int:
    with demo() as url, chromium() as browser:
        views = [View(browser, url, frame) for frame in (DESK, PHONE)]
        Pictures(Control(url), views).make()
    return 0


if __name__ == "__main__":
    sys.exit(main())
