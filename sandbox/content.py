"""What a message says, checked at the door, whichever way it came in."""

from dataclasses import dataclass
from typing import Self

from sandbox.blockkit import check_message, error_code, messages
from sandbox.errors import SlackError
from sandbox.posts import Post
from sandbox.wire import Json


@dataclass(frozen=True)
class Content:
    """Text, blocks, attachments and metadata of one message, valid together."""

    text: str
    blocks: list[Json]
    attachments: list[Json]
    metadata: Json | None

    @classmethod
    def checked(cls, given: Json, over: Post | None = None) -> Self:
        """The content given; what is None stays as it is in `over`. SlackError when refused."""
        payload = _merged(given, over)
        faults = check_message(payload)
        if code := error_code(faults):
            said = messages(faults)
            raise SlackError(code, errors=said, response_metadata={"messages": said})
        if payload.get("markdown_text"):
            payload |= {
                "text": payload["markdown_text"],
                "blocks": [{"type": "markdown", "text": payload["markdown_text"]}],
            }
        return cls(
            payload.get("text") or "",
            payload.get("blocks") or [],
            payload.get("attachments") or [],
            payload.get("metadata") or None,
        )

    def fill(self, post: Post) -> None:
        """Let a message say this."""
        post.text, post.blocks = self.text, self.blocks
        post.attachments, post.metadata = self.attachments, self.metadata


def _merged(given: Json, over: Post | None) -> Json:
    """chat.update keeps what is not mentioned and drops what is given empty."""
    said = {key: value for key, value in given.items() if value is not None}
    if said.get("metadata") == {}:
        said["metadata"] = None
    if over is None or "markdown_text" in said:
        return said
    kept: Json = {"text": over.text, "blocks": over.blocks, "attachments": over.attachments}
    kept["metadata"] = over.metadata
    return {key: value for key, value in (kept | said).items() if value is not None}
