"""Addresses that people give us are called with care: https, public machines, little, soon.

A name is looked up once, every address it stands for is checked, and the connection goes to the
address that was checked: what the name stands for a moment later does not matter. Each redirect is
a new address. In a sandbox on this machine, and nowhere else, this machine may be called too.
"""

import socket
import ssl
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ipaddress import IPv4Address, IPv6Address, ip_address
from threading import Timer
from urllib.parse import urljoin, urlsplit

from bot.config import is_loopback
from bot.errors import LiaisonError

TIMEOUT = 5.0
"""Seconds for a connection, and for each piece of the answer."""
LONGEST = 15.0
"""Seconds in all."""
MOST = 1_000_000
"""Bytes of an answer, unpacked."""
HOPS = 3
"""Redirects that are followed."""
LONGEST_ADDRESS = 2000
_PIECE = 65_536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

LookUp = Callable[[str, int], list[str]]
"""The IP addresses of a host and port, as text. Raises OSError when there are none."""


class CannotFetch(LiaisonError):
    """That address cannot be read."""


@dataclass(frozen=True)
class Address:
    """An address that may be called, taken apart."""

    is_secure: bool
    host: str
    port: int
    target: str
    """Path and query."""


def look_up(host: str, port: int) -> list[str]:
    """By the machine's own resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


@cache
def trusted() -> ssl.SSLContext:
    """The certificates this machine trusts, read once: that takes twenty milliseconds, and a client
    that is given none reads them for every call."""
    return ssl.create_default_context()


class Outgoing:
    """Reads addresses that people gave. Any thread may."""

    def __init__(
        self,
        *,
        may_be_here: bool = False,
        resolve: LookUp = look_up,
        trust: ssl.SSLContext | None = None,
        is_public: Callable[[str], bool] | None = None,
    ) -> None:
        """`may_be_here`: whether this machine may be called, by http as well."""
        self._may_be_here = may_be_here
        self._resolve = resolve
        self._trust = trust or trusted()
        self._is_public = is_public or public

    def checked(self, url: str) -> Address:
        """Raises `CannotFetch` for an address that is not called, in the words of its owner."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise CannotFetch("That is no address; copy it anew.") from error
        if len(url) > LONGEST_ADDRESS or any(not "!" <= letter <= "~" for letter in url):
            raise CannotFetch("That is no address; copy it anew.")
        is_here = self._may_be_here and is_loopback(url)
        if parts.scheme not in ({"https", "webcal", "http"} if is_here else {"https", "webcal"}):
            raise CannotFetch("Give an address that begins with https://.")
        if "@" in parts.netloc or not parts.hostname:
            raise CannotFetch("Give an address without a name before the host.")
        is_secure = parts.scheme != "http"
        target = parts.path or "/"
        return Address(
            is_secure,
            parts.hostname,
            port or (443 if is_secure else 80),
            f"{target}?{parts.query}" if parts.query else target,
        )

    def get(self, url: str) -> bytes:
        """What stands at an address, unpacked. Raises `CannotFetch`, whose text says why."""
        until = time.monotonic() + LONGEST
        for _ in range(HOPS + 1):
            answer = self._call(url, until)
            if isinstance(answer, bytes):
                return answer
            url = urljoin(url, answer)
        raise CannotFetch("It leads on from address to address.")

    def _call(self, url: str, until: float) -> bytes | str:
        """The content, or where it is instead."""
        address = self.checked(url)
        connection = _Checked(address, self._ip(address), self._trust)
        # A server may send a byte every few seconds; each would be within its own time-out.
        watch = Timer(max(0.0, until - time.monotonic()), connection.cut)
        watch.start()
        try:
            connection.request("GET", address.target, headers={"Accept-Encoding": "gzip, identity"})
            with connection.getresponse() as answer:
                if answer.status in _REDIRECTS and (place := answer.headers.get("Location")):
                    return place
                if answer.status != 200:
                    raise CannotFetch(f"It answers {answer.status}.")
                return _unpacked(answer, _read(answer, until))
        except TimeoutError as error:
            raise CannotFetch("It does not answer in time.") from error
        except ssl.SSLError as error:
            raise CannotFetch("Its certificate is not good.") from error
        except (OSError, HTTPException, ValueError) as error:
            is_late = time.monotonic() > until
            raise CannotFetch(f"It does not answer{' in time' if is_late else ''}.") from error
        finally:
            watch.cancel()
            connection.close()

    def _ip(self, address: Address) -> str:
        """One of its IP addresses, when all of them may be called."""
        try:
            found = self._resolve(address.host, address.port)
        except (OSError, UnicodeError) as error:
            raise CannotFetch("There is no such machine.") from error
        if self._may_be_here and is_loopback(f"//{address.host}"):
            return found[0]
        if not found or not all(self._is_public(ip) for ip in found):
            raise CannotFetch("It is inside a private network, which I do not call.")
        return found[0]


def public(ip: str) -> bool:
    """Whether an IP address is of a machine on the internet: not this one, nor a neighbour's.

    An address that wraps another, such as ::ffff:127.0.0.1, counts as none.
    """
    found: IPv4Address | IPv6Address = ip_address(ip.partition("%")[0])
    wraps = isinstance(found, IPv6Address) and (
        found.ipv4_mapped or found.sixtofour or found.teredo
    )
    is_special = found.is_multicast or found.is_reserved or found.is_unspecified
    return found.is_global and not wraps and not is_special


class _Checked(HTTPConnection):
    """Speaks to the IP address that was checked, and asks it for the name's certificate."""

    def __init__(self, address: Address, ip: str, trust: ssl.SSLContext) -> None:
        super().__init__(address.host, address.port, timeout=TIMEOUT)
        self.default_port = 443 if address.is_secure else 80
        self._ip = ip
        self._trust = trust if address.is_secure else None
        # The connection forgets its socket while an answer that ends with it is still read.
        self._line: socket.socket | None = None

    def connect(self) -> None:
        line = socket.create_connection((self._ip, self.port), TIMEOUT)
        self.sock = self._line = line
        if self._trust:
            # The handshake comes once it can be cut off, too.
            secure = self._trust.wrap_socket(
                line, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock = self._line = secure
            secure.do_handshake()

    def cut(self) -> None:
        """End it from another thread, whatever it waits for."""
        if self._line:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)


def _read(answer: HTTPResponse, until: float) -> bytes:
    content = b""
    while piece := answer.read1(_PIECE):
        content += piece
        if len(content) > MOST:
            raise CannotFetch("It is larger than a megabyte.")
    if time.monotonic() > until:  # cut off, and not whole
        raise CannotFetch("It does not answer in time.")
    return content


def _unpacked(answer: HTTPResponse, content: bytes) -> bytes:
    packing = answer.headers.get("Content-Encoding", "identity").lower()
    if packing == "identity":
        return content
    if packing != "gzip":
        raise CannotFetch(f"It is packed in a way I do not know ({packing[:20]}).")
    unpacking = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        whole = unpacking.decompress(content, MOST + 1)
    except zlib.error as error:
        raise CannotFetch("It does not unpack.") from error
    if len(whole) > MOST:
        raise CannotFetch("It is larger than a megabyte.")
    return whole
