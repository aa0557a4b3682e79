"""What becomes of a modal once the app has answered its submission."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.errors import SlackError
from sandbox.views import View
from sandbox.web_api.views import checked
from sandbox.wire import Json
from sandbox.workspace import Workspace


@dataclass(frozen=True)
class Outcome:
    """`trouble` says why the app's answer could not be used; the modal then stays."""

    response_action: str | None = None
    errors: dict[str, str] | None = None
    trouble: str | None = None

    def shown(self) -> Json:
        """What the control API answers."""
        return {
            "response_action": self.response_action,
            "errors": self.errors,
            "trouble": self.trouble,
        }


def held_back(complaints: dict[str, str]) -> Json:
    """The answer when Slack's client would not even have sent the submission."""
    return Outcome("errors", complaints).shown() | {"acked": False, "ms": 0}


def carry_out(workspace: Workspace, view: View, said: Json | None) -> Outcome:
    """Do to the modal what the app said; None means it did not answer."""
    if said is None:
        return Outcome(trouble="The app did not answer in time.")
    wish = said.get("response_action")
    act = _ANSWERS.get(wish)
    if act is None:
        return Outcome(trouble=f'There is no response_action "{wish}".')
    try:
        outcome = act(workspace, view, said)
    except SlackError as error:
        return Outcome(trouble=f"The app's view was refused: {error.body()}.")
    workspace.changes.note(view.person)
    return outcome


def _close(workspace: Workspace, view: View, said: Json) -> Outcome:
    workspace.modals.pop(view)
    return Outcome()


def _clear(workspace: Workspace, view: View, said: Json) -> Outcome:
    workspace.modals.clear(view.person)
    return Outcome("clear")


def _update(workspace: Workspace, view: View, said: Json) -> Outcome:
    workspace.modals.update(view, checked(said.get("view"), "modal"), None)
    return Outcome("update")


def _push(workspace: Workspace, view: View, said: Json) -> Outcome:
    workspace.modals.push(view, checked(said.get("view"), "modal"))
    return Outcome("push")


def _errors(workspace: Workspace, view: View, said: Json) -> Outcome:
    errors = said.get("errors") or {}
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not errors or not inputs.issuperset(errors):
        return Outcome(trouble=f"The errors name no input of the modal: {sorted(errors)}.")
    return Outcome("errors", errors)


_ANSWERS: dict[object, Callable[[Workspace, View, Json], Outcome]] = {
    None: _close,
    "clear": _clear,
    "errors": _errors,
    "push": _push,
    "update": _update,
}
