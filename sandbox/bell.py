"""Waiting, in a coroutine, for something another thread may change."""

import asyncio
import threading
from collections.abc import Callable


class Bell:
    """Rung from any thread; whoever waits looks again at what it waits for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiters: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    def ring(self) -> None:
        """Wake everybody who waits."""
        if not self._waiters:
            return
        with self._lock:
            for loop, event in self._waiters:
                loop.call_soon_threadsafe(event.set)

    async def until(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Wait until `ready()` holds; False when it still does not after `seconds`."""
        waiter = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._waiters.add(waiter)
        try:
            async with asyncio.timeout(seconds):
                await self._look(ready, waiter[1])
        except TimeoutError:
            return ready()
        finally:
            with self._lock:
                self._waiters.discard(waiter)
        return True

    @staticmethod
    async def _look(ready: Callable[[], bool], event: asyncio.Event) -> None:
        while not ready():
            await event.wait()
            event.clear()
