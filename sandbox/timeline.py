"""The messages of one channel: kept in order of ts, read through windows, found by ts."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from sandbox.posts import Post

END_OF_TIME = "9999999999.999999"
_COUNTED = 500


def full_ts(ts: str) -> str:
    """A ts as it is compared: ten digits, a point, six digits; ValueError when it is none."""
    seconds, _, micros = ts.partition(".")
    return f"{int(seconds):010d}.{int(micros.ljust(6, '0')[:6] or '0'):06d}"


@dataclass(frozen=True)
class Window:
    """From `oldest` to `latest`, both left out unless `inclusive`."""

    oldest: str = "0000000000.000000"
    latest: str = END_OF_TIME
    inclusive: bool = False

    def slice(self, order: list[str]) -> list[str]:
        """The ts of a sorted list that lie in the window, oldest first."""
        first = (bisect_left if self.inclusive else bisect_right)(order, self.oldest)
        last = (bisect_right if self.inclusive else bisect_left)(order, self.latest)
        return order[first:last]


class Timeline:
    """Nothing is ever forgotten: a deleted message stays, marked, for the control API."""

    def __init__(self) -> None:
        self.changed = 0
        """The number of the newest change of any of them; see `Changes`."""
        self._posts: dict[str, Post] = {}
        self._everything: list[str] = []
        self._shown: list[str] = []
        self._threads: dict[str, list[str]] = {}

    def add(self, post: Post) -> None:
        """Put a post at its place."""
        self._posts[post.ts] = post
        insort(self._everything, post.ts)
        if post.ephemeral_to:
            return
        if post.is_reply:
            self._add_reply(post)
        if not post.is_reply or post.broadcast:
            insort(self._shown, post.ts)

    def living(self, ts: str) -> Post | None:
        """The post everybody in the channel can see under this ts."""
        post = self._posts.get(ts)
        return None if post is None or post.deleted or post.ephemeral_to else post

    def seen(self, ts: str, person: str) -> Post | None:
        """The post this person can see under this ts, private notes to them included."""
        post = self._posts.get(ts)
        if post is None or post.deleted or post.ephemeral_to not in (None, person):
            return None
        return post

    def delete(self, post: Post) -> None:
        """Mark a post as deleted and take it out of history."""
        post.deleted = True
        for order in (self._shown, self._threads.get(post.thread_ts or "", [])):
            at = bisect_left(order, post.ts)
            if at < len(order) and order[at] == post.ts:
                del order[at]

    def history(self, window: Window) -> list[str]:
        """The ts of the channel's own messages in the window, oldest first."""
        return window.slice(self._shown)

    def thread(self, parent: str, window: Window) -> list[str]:
        """The ts of a thread's replies in the window, oldest first."""
        return window.slice(self._threads.get(parent, []))

    def pick(self, order: Iterable[str]) -> list[Post]:
        """The posts of these ts."""
        return [self._posts[ts] for ts in order]

    def changed_since(self, number: int) -> list[Post]:
        """All posts ever made, but those that did not change since that change, oldest first."""
        return [post for post in self.pick(self._everything) if post.changed > number]

    def newest(self, person: str, count: int) -> list[Post]:
        """What a person sees at the bottom of the channel, oldest first."""
        return list(islice(self._visible_to(person), count))[::-1]

    def with_parents(self, posts: list[Post]) -> list[Post]:
        """The same, and the message above each reply among them."""
        found = {post.ts: post for post in posts}
        for post in list(found.values()):
            parent = self.living(post.thread_ts) if post.thread_ts else None
            if parent is not None:
                found.setdefault(parent.ts, parent)
        return sorted(found.values(), key=lambda post: post.ts)

    def earlier(self, than: str) -> int:
        """How many messages of the channel itself came before a ts."""
        return bisect_left(self._shown, than)

    def replies(self, parent: str) -> list[Post]:
        """A whole thread with its parent, oldest first; nothing when the parent is gone."""
        first = self.living(parent)
        return [first, *self.pick(self._threads.get(parent, []))] if first else []

    def unread(self, person: str, after: str) -> int:
        """How many messages came after a ts, counted up to some hundreds."""
        newer = self.pick(Window(oldest=after).slice(self._everything)[-_COUNTED:])
        return sum(not post.deleted and post.ephemeral_to in (None, person) for post in newer)

    def _visible_to(self, person: str) -> Iterator[Post]:
        for ts in reversed(self._everything):
            post = self.seen(ts, person)
            if post is not None:
                yield post

    def _add_reply(self, post: Post) -> None:
        parent = self._posts[post.thread_ts or ""]
        insort(self._threads.setdefault(parent.ts, []), post.ts)
        parent.thread_ts = parent.ts
        parent.reply_count += 1
        parent.latest_reply = post.ts
        if post.author.user_id not in parent.repliers:
            parent.repliers.append(post.author.user_id)
