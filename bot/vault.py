"""What has to be kept and read again, and must not be read in the database: kept under a key."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class Vault:
    """Encrypts and authenticates text by Fernet (AES-128-CBC, HMAC-SHA256)."""

    def __init__(self, keys: Sequence[str]) -> None:
        """The first key locks; each opens, so that a new one may take the place of an old one."""
        self._lock = MultiFernet(
            [Fernet(urlsafe_b64encode(sha256(key.encode()).digest())) for key in keys]
        )

    def lock(self, text: str) -> str:
        return self._lock.encrypt(text.encode()).decode()

    def open(self, locked: str) -> str | None:
        """None when it was locked by a key that is not here any more."""
        try:
            return self._lock.decrypt(locked.encode()).decode()
        except InvalidToken:
            return None
