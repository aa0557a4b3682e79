"""Uploaded files: announced, sent, completed, in Slack's three steps."""

import secrets
from dataclasses import dataclass, field

from sandbox.people import BOT_USER_ID
from sandbox.wire import Json, mint


@dataclass
class File:
    """`length` is what was announced, `content` what came; shared once it is `complete`."""

    id: str
    name: str
    length: int
    created: int
    alt_text: str = ""
    title: str = ""
    content: bytes = b""
    complete: bool = False
    channels: list[str] = field(default_factory=list)

    def as_slack(self) -> Json:
        """The file object of the Web API."""
        return {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title or self.name,
            "filetype": self.name.rpartition(".")[2],
            "user": BOT_USER_ID,
            "size": len(self.content),
            "alt_txt": self.alt_text,
            "channels": self.channels,
        }


class Files:
    """Files by id, and by the token of the URL they are sent to."""

    def __init__(self) -> None:
        self._by_id: dict[str, File] = {}
        self._awaited: dict[str, File] = {}

    def announce(self, name: str, length: int, created: int) -> tuple[File, str]:
        """A file to come, and the token of the address to send it to."""
        file = File(mint("F"), name, length, created)
        token = secrets.token_urlsafe(18)
        self._by_id[file.id] = self._awaited[token] = file
        return file, token

    def receive(self, token: str, content: bytes) -> File | None:
        """Take the bytes; None when no file is awaited under this token."""
        file = self._awaited.pop(token, None)
        if file is not None:
            file.content = content
        return file

    def get(self, file_id: str) -> File | None:
        """A file by its id, completed or not."""
        return self._by_id.get(file_id)
