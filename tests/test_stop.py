"""A bot that ends finishes what has begun, and nothing that nobody waits for any more."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread

from bot.app import finish


def test_what_has_begun_is_finished_and_what_has_not_in_time_never_begins() -> None:
    pool = ThreadPoolExecutor(1)
    has_begun, may_end = Event(), Event()

    def open_a_form() -> str:
        has_begun.set()
        may_end.wait(10)
        return "opened"

    begun, behind = pool.submit(open_a_form), pool.submit(open_a_form)
    assert has_begun.wait(10)
    ending = Thread(target=finish, args=(pool,), kwargs={"within": 0.05})
    ending.start()
    while not behind.done():
        ending.join(0.02)
    assert not begun.done()
    may_end.set()
    ending.join(10)

    assert begun.result(0) == "opened"
    assert behind.cancelled()


def test_what_is_done_in_time_is_all_done() -> None:
    pool = ThreadPoolExecutor(1)
    each = [pool.submit(lambda number: number, number) for number in range(20)]

    finish(pool, within=5)

    assert [one.result(0) for one in each] == [*range(20)]
