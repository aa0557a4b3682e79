"""Addresses that people give us: every trick to reach a machine that is not theirs is refused."""

import gzip
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot import outgoing
from bot.outgoing import MOST, CannotFetch, Outgoing, public

HOST = "calendar.example"
Answer = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For `HOST`, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    pem = serialization.Encoding.PEM
    file.write_bytes(key.private_bytes(pem, form, plain) + made.public_bytes(pem))
    return file


@contextmanager
def serving(certificate: Path, answer: Answer) -> Iterator[int]:
    """A server behind TLS on this machine; gives its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    running = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    running.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def caller(certificate: Path, *found: str) -> Outgoing:
    """One for which the name stands for this machine, as if that were on the internet."""
    answers = iter(found)
    return Outgoing(
        resolve=lambda _host, _port: [next(answers, "127.0.0.1")],
        trust=ssl.create_default_context(cafile=str(certificate)),
        is_public=lambda ip: ip == "127.0.0.1",
    )


def says(content: bytes, status: int = 200, **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(content)

    return answer


@pytest.mark.parametrize(
    "url",
    [
        "http://calendar.example/a.ics",
        "ftp://calendar.example/a.ics",
        "file:///etc/passwd",
        "https://user@calendar.example/a.ics",
        "https://calendar.example@169.254.169.254/",
        "https:///a.ics",
        "https://calendar.example:port/",
        "https://calendar.example/a b",
        "https://calendar.example/\r\nHost: other",
        "https://[::1",
        "",
        "https://calendar.example/" + "a" * 2000,
        "http://127.0.0.1/",
    ],
)
def test_what_is_no_plain_https_address_is_not_called(url: str) -> None:
    with pytest.raises(CannotFetch):
        Outgoing(resolve=lambda _host, _port: pytest.fail("it was looked up")).get(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://0/",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://172.16.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.64.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[fd00::1]/",
        "https://[fe80::1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://224.0.0.1/",
    ],
)
def test_a_private_machine_is_not_called_however_it_is_written(url: str) -> None:
    with pytest.raises(CannotFetch, match=r"private network|no such machine"):
        Outgoing().get(url)


def test_a_machine_on_the_internet_is_one_unless_its_address_is_wrapped() -> None:
    assert public("8.8.8.8")
    assert public("2606:2800:21f:cb07:6820:80da:af6b:8b2c")
    assert not public("::ffff:8.8.8.8")


def test_a_name_of_which_one_address_is_private_is_not_called() -> None:
    both = Outgoing(resolve=lambda _host, _port: ["93.184.215.14", "10.0.0.1"])
    with pytest.raises(CannotFetch, match="private network"):
        both.get(f"https://{HOST}/")


def test_content_is_read_under_the_certificate_of_the_name(certificate: Path) -> None:
    with serving(certificate, says(b"BEGIN:VCALENDAR")) as port:
        read = caller(certificate).get(f"https://{HOST}:{port}/a.ics?token=1")
        assert read == b"BEGIN:VCALENDAR"
        with pytest.raises(CannotFetch, match="certificate"):
            caller(certificate).get(f"https://other.example:{port}/a.ics")


def test_the_connection_goes_to_the_address_that_was_checked(certificate: Path) -> None:
    """A name that stands for another machine the next time it is asked is asked no next time."""
    with serving(certificate, says(b"once")) as port:
        rebinding = caller(certificate, "127.0.0.1", "10.0.0.1")
        assert rebinding.get(f"https://{HOST}:{port}/") == b"once"
        with pytest.raises(CannotFetch, match="private network"):
            rebinding.get(f"https://{HOST}:{port}/")


@pytest.mark.parametrize(
    ("place", "says_why"),
    [
        ("http://calendar.example/", "https://"),
        ("https://10.0.0.1/", "private network"),
        ("https://name@calendar.example/", "before the host"),
        ("/again", "from address to address"),
    ],
)
def test_every_redirect_is_checked_and_few_are_followed(
    certificate: Path, place: str, says_why: str
) -> None:
    with serving(certificate, says(b"", 302, Location=place)) as port:
        careful = Outgoing(
            resolve=lambda host, _port: ["127.0.0.1" if host == HOST else host],
            trust=ssl.create_default_context(cafile=str(certificate)),
            is_public=lambda ip: ip == "127.0.0.1",
        )
        with pytest.raises(CannotFetch, match=says_why):
            careful.get(f"https://{HOST}:{port}/")


@pytest.mark.parametrize(
    ("answer", "says_why"),
    [
        (says(b"x" * (MOST + 1)), "larger than a megabyte"),
        (says(gzip.compress(b"\0" * 50 * MOST), Content_Encoding="gzip"), "larger"),
        (says(b"no gzip", Content_Encoding="gzip"), "does not unpack"),
        (says(b"x", Content_Encoding="br"), "packed in a way"),
        (says(b"", 404), "answers 404"),
    ],
)
def test_what_is_too_much_or_not_as_it_should_be_is_not_taken(
    certificate: Path, answer: Answer, says_why: str
) -> None:
    with (
        serving(certificate, answer) as port,
        pytest.raises(CannotFetch, match=says_why),
    ):
        caller(certificate).get(f"https://{HOST}:{port}/")


def test_packed_content_is_unpacked(certificate: Path) -> None:
    with serving(certificate, says(gzip.compress(b"BEGIN"), Content_Encoding="gzip")) as port:
        assert caller(certificate).get(f"https://{HOST}:{port}/") == b"BEGIN"


def test_a_server_that_drips_is_left(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each piece comes in time; all of them together would not."""
    monkeypatch.setattr(outgoing, "LONGEST", 0.3)
    pause, left = Event(), Event()

    def drip(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            for _ in range(100):
                request.wfile.write(b"x")
                pause.wait(0.02)
        except OSError:
            left.set()

    with serving(certificate, drip) as port:
        with pytest.raises(CannotFetch, match="in time"):
            caller(certificate).get(f"https://{HOST}:{port}/")
        assert left.wait(5)
