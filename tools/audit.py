"""Known vulnerabilities of what requirements-dev.lock pins; asked where an index answers.

uv audits a lock of its own making, so it is given a project that wants exactly what is pinned.
"""

import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
PIN = re.compile(r"^([A-Za-z0-9._-]+)(\[[^]]*\])?==(\S+?)(?: ; (.*?))?(?: \\)?$", re.MULTILINE)
UNREACHED = ("dns error", "error sending request", "Could not connect", "client error", "timed out")


def main() -> int:
    """0 when nothing is known, or nobody could be asked; 1 when something is known."""
    with TemporaryDirectory() as folder:
        Path(folder, "pyproject.toml").write_text(_project(), "utf-8")
        for command in (["lock", "-q"], ["audit", "--frozen", "--preview-features", "audit"]):
            uv = str(Path(sys.executable).parent / "uv")
            asked = subprocess.run([uv, *command], cwd=folder, capture_output=True, text=True)
            said = asked.stdout + asked.stderr
            if asked.returncode and any(words in said for words in UNREACHED):
                print("No index answers here: the dependencies were not audited.")
                return 0
            if asked.returncode:
                print(said)
                return 1
    print(f"No vulnerability is known of what is pinned. {said.strip().splitlines()[-1:]}")
    return 0


def _project() -> str:
    pins = PIN.findall((ROOT / "requirements-dev.lock").read_text("utf-8"))
    wanted = [
        f"{name}{extra}=={version}" + (f" ; {marker}" if marker else "")
        for name, extra, version, marker in pins
    ]
    listed = ",\n".join(f"    {pin!r}" for pin in wanted)
    return (
        '[project]\nname = "audited"\nversion = "0"\nrequires-python = ">=3.11"\n'
        f"dependencies = [\n{listed}\n]\n[tool.uv]\npackage = false\n"
    )


if __name__ == "__main__":
    sys.exit(main())
