"""What goes over the wires is JSON; this names its type and the ids Slack would mint."""

import secrets
import string
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
JsonView = Mapping[str, Any]

_LETTERS = string.ascii_uppercase + string.digits


def mint(prefix: str, length: int = 11) -> str:
    """An id in Slack's shape: `mint("V")` gives something like "V0K3J9QX2MA"."""
    body = "".join(secrets.choice(_LETTERS) for _ in range(length - len(prefix)))
    return prefix + body
