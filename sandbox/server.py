"""The sandbox, served: everything wired together, on one event loop in a thread of its own."""

import asyncio
import contextlib
import socket
import threading
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from uvicorn.protocols.http.auto import AutoHTTPProtocol
from uvicorn.protocols.utils import get_remote_addr

from sandbox import manifest as manifests
from sandbox import parts
from sandbox.acts import Acts
from sandbox.control import Control
from sandbox.control_api import ControlApi
from sandbox.limits import Limits
from sandbox.manifest import EVERYTHING
from sandbox.parts import Parts
from sandbox.signed_http import SignedHttp
from sandbox.web_door import WebDoor

STATIC = Path(__file__).parent / "static"
_START_SECONDS = 10.0
_STOP_SECONDS = 5.0

Transports = dict[object, asyncio.Transport]


class Sandbox:
    """A workspace being served on loopback, as a context manager.

    `port` 0 takes a free one. `limits` overrides `pace`. With `manifest` the app has what that
    file grants and no more; without, everything. `bare`: the app is in no channel yet.
    """

    def __init__(
        self,
        port: int = 0,
        pace: float = 1.0,
        *,
        manifest: Path | None = None,
        limits: Limits | None = None,
        bare: bool = False,
    ) -> None:
        granted = manifests.read(manifest) if manifest else EVERYTHING
        self._listener = _listen(port)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.api_url = f"{self.url}/api/"
        self.control = Control(self.url)
        self._parts = parts.assemble(self.url, granted, limits or Limits(pace=pace), bare=bare)
        self.workspace = self._parts.workspace
        self._transports: Transports = {}
        self._http = uvicorn.Server(self._config())
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(_START_SECONDS):
            raise TimeoutError("The sandbox did not start.")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.should_exit = self._http.force_exit = True
        self._thread.join(_STOP_SECONDS)
        self._listener.close()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        sockets = await self._parts.sockets.start()
        announcing = asyncio.create_task(self._announce())
        try:
            await self._http.serve(sockets=[self._listener])
        finally:
            announcing.cancel()
            self._parts.sockets.drop(_STOP_SECONDS)
            sockets.close()
            if isinstance(self._parts.delivery.wire, SignedHttp):
                self._parts.delivery.wire.close()

    async def _announce(self) -> None:
        while not self._http.started:
            await asyncio.sleep(0.005)
        self._ready.set()

    def _config(self) -> uvicorn.Config:
        return uvicorn.Config(
            _application(self._parts, self._transports),
            http=_remembering(self._transports),
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            log_level="critical",
            timeout_keep_alive=75,
        )


def _application(parts: Parts, transports: Transports) -> Starlette:
    def cut(request: Request) -> None:
        with contextlib.suppress(KeyError):
            transports[request.scope["client"]].abort()

    acts = Acts(parts.workspace, parts.manifest, parts.delivery, parts.url)
    return Starlette(
        routes=[
            *WebDoor(parts, cut).routes(),
            Mount("/control", routes=ControlApi(parts, acts).routes()),
            Route("/", _page),
            Route("/archives/{place:path}", _to_the_page),
            Mount("/static", StaticFiles(directory=STATIC, check_dir=False)),
        ]
    )


def _listen(port: int) -> socket.socket:
    # Named as TCP, because asyncio turns Nagle's delay (40 ms an answer) off only then.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    return listener


async def _page(request: Request) -> Response:
    return FileResponse(STATIC / "index.html")


async def _to_the_page(request: Request) -> Response:
    return RedirectResponse("/")


def _remembering(transports: Transports) -> type[asyncio.Protocol]:
    """uvicorn's protocol, but with every open connection to be found by its client's address."""

    # The faster of uvicorn's two protocols, chosen by what is installed: no type to a checker.
    class Remembering(AutoHTTPProtocol):  # type: ignore[valid-type, misc]
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            self.peer = get_remote_addr(cast(asyncio.Transport, transport))
            transports[self.peer] = cast(asyncio.Transport, transport)

        def connection_lost(self, exc: Exception | None) -> None:
            transports.pop(self.peer, None)
            super().connection_lost(exc)

    return Remembering
