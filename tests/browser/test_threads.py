"""Threads, and channels in which more was said than anybody wants to load."""

import pytest
from playwright.sync_api import expect

from sandbox.posts import THE_BOT
from sandbox.server import Sandbox
from tests.browser.conftest import DESK, PHONE, OpenScreen
from tests.office import BEN, IDA, LEADS

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_two_people_talk_in_a_thread(
    sandbox: Sandbox, open_screen: OpenScreen, size: tuple[int, int]
) -> None:
    asked = sandbox.control.post(BEN, LEADS, "Who knows this company?")
    sandbox.control.post(IDA, LEADS, "We met at the fair.", thread_ts=asked)
    screen = open_screen(sandbox.url, size)
    screen.visit("ben", "leads")

    screen.message("Who knows").get_by_text("1 reply", exact=True).click()
    thread = screen.page.get_by_role("complementary", name="Thread")
    expect(thread.get_by_test_id("message")).to_have_count(2)
    screen.one("thread-composer-input").fill("Thank you, Ida.")
    screen.one("thread-composer-send").click()

    expect(thread).to_contain_text("2 replies")
    expect(thread).to_contain_text("Thank you, Ida.")
    screen.page.go_back()
    expect(thread).to_be_hidden()
    expect(screen.message("Who knows")).to_contain_text("2 replies")
    expect(screen.message("Thank you, Ida.")).to_have_count(0)


def test_ten_thousand_messages_are_read_from_the_newest_back(
    sandbox: Sandbox, open_screen: OpenScreen
) -> None:
    channel = sandbox.workspace.channels[LEADS]
    for number in range(10_000):
        post = sandbox.workspace.draft(channel, THE_BOT)
        post.text = f"Message {number}."
        sandbox.workspace.publish(post)
    oldest = channel.timeline.changed_since(-1)[0].ts
    sandbox.control.post(IDA, LEADS, "About the very first one", thread_ts=oldest)
    screen = open_screen(sandbox.url)
    screen.visit("ben", "leads")

    expect(screen.message("Message 9999.")).to_be_in_viewport()
    top = screen.page.locator("#conversation [data-testid=message]").first
    expect(top).to_contain_text("Message 9801.")
    screen.one("show-earlier").click()
    expect(top).to_contain_text("Message 9601.")
    expect(screen.message("Message 9801.")).to_be_in_viewport()

    screen.visit("ben", f"leads/{oldest}")
    thread = screen.page.get_by_role("complementary", name="Thread")
    expect(thread).to_contain_text("Message 0.")
    expect(thread).to_contain_text("About the very first one")
