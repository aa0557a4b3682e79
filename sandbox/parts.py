"""What one running sandbox is made of."""

from dataclasses import dataclass, field

from sandbox.delivery import Delivery
from sandbox.faults import Faults
from sandbox.limits import Limits
from sandbox.manifest import Manifest
from sandbox.socket_mode import SocketMode
from sandbox.traffic import Traffic
from sandbox.workspace import Workspace


@dataclass(frozen=True)
class Parts:
    """Made once per sandbox; `url` is the origin it is served at."""

    url: str
    workspace: Workspace
    manifest: Manifest
    sockets: SocketMode
    traffic: Traffic
    delivery: Delivery
    faults: Faults = field(default_factory=Faults)


def assemble(url: str, manifest: Manifest, limits: Limits, *, bare: bool = False) -> Parts:
    """A fresh workspace with its wires; events travel by Socket Mode at first."""
    workspace, traffic = Workspace(limits, bare=bare), Traffic()
    sockets = SocketMode(limits, workspace.changes.note_everybody)
    delivery = Delivery(sockets, limits, traffic)
    return Parts(url, workspace, manifest, sockets, traffic, delivery)
