"""The sandbox page as a person meets it: look, press, choose, wait."""

from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

from bot.views import ids


@dataclass
class Screen:
    """One open page. Whatever it waits for comes within Playwright's time-out, or it fails."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list)
    """Errors on the browser's console."""

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on(
            "console",
            lambda line: self.complaints.append(line.text) if line.type == "error" else None,
        )

    def visit(self, person: str, place: str) -> None:
        """Open the page as a person ("ben") at a place ("leads", "liaison", "home")."""
        self.page.goto(f"{self.url}/#/{person}/{place}")

    def one(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    def go(self, place: str) -> None:
        """Press a place in the sidebar."""
        self.one(f"place-{place}").click()

    def act_as(self, user_id: str) -> None:
        """Choose somebody else in the switcher."""
        self.one("person-switcher").click()
        self.page.locator(f'[data-testid=person-option][data-user="{user_id}"]').click()
        expect(self.one("person-switcher")).to_have_attribute("data-user", user_id)

    def message(self, words: str) -> Locator:
        """The newest message in the main pane that shows these words."""
        pane = self.page.locator("#conversation")
        return pane.get_by_test_id("message").filter(has_text=words).last

    def held(self, message: Locator) -> Locator:
        """The same message, whatever it comes to say."""
        ts = message.get_attribute("data-ts")
        return self.page.locator(f'#conversation [data-testid=message][data-ts="{ts}"]')

    def private_note(self, words: str) -> Locator:
        """A message that only this person sees."""
        return self.message(words).get_by_test_id("private-note")

    def press(self, message: Locator, label: str) -> None:
        message.get_by_role("button", name=label, exact=True).click()

    def press_first(self, message: Locator, label: str) -> None:
        """Press the first of several buttons that are called the same."""
        message.get_by_role("button", name=label, exact=True).first.click()

    def choose(self, message: Locator, entry: str) -> None:
        """Choose from a message's own menu."""
        message.locator(f'[data-action-id="{ids.MORE}"]').click()
        self.page.get_by_role("menuitem", name=entry).click()

    @property
    def modal(self) -> Locator:
        return self.one("modal")

    def save(self) -> None:
        self.one("modal-submit").click()

    def fill_in(self, message: Locator, button: str, choice: str) -> None:
        """Open the form behind a button, choose, save, and see it close."""
        self.press(message, button)
        self.modal.get_by_label(choice).check()
        self.save()
        expect(self.modal).to_be_hidden()

    def choose_in(self, label: str, choice: str) -> None:
        """Choose in a field of the open form."""
        self.modal.get_by_label(label).select_option(label=choice)

    def qualify(self, message: Locator) -> None:
        """Say that it is qualified, once the form asks who goes on with it."""
        self.press(message, "Outcome…")
        self.choose_in("How did it end, for now?", "Qualified")
        expect(self.modal).to_contain_text("Who goes on with it?")
        self.save()

    def type(self, text: str) -> None:
        """Write into the composer and send it."""
        self.one("composer-input").fill(text)
        self.one("composer-send").click()

    def turn_clock(self, step: str) -> None:
        """Press "15m", "1h" or "next-working-day", and wait until the bot has followed."""
        button = self.one(f"clock-{step}")
        button.click()
        expect(button).not_to_have_attribute("aria-busy", "true")
