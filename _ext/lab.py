"""Settings of JupyterLab for the chapters, with a kernel (``make lab``) and in the browser (``make lite``).

python _ext/lab.py        write them into the environment of this Python
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

FOCUSED = ".jp-Notebook.jp-mod-commandMode:not(.jp-mod-readWrite) :focus"
"""Where JupyterLab takes the arrow keys: anywhere in a notebook, but where text is typed."""

ARROWS = {
    "ArrowUp": "notebook:move-cursor-up",
    "ArrowDown": "notebook:move-cursor-down",
    "ArrowLeft": "notebook:move-cursor-heading-above-or-collapse",
    "ArrowRight": "notebook:move-cursor-heading-below-or-expand",
}

SETTINGS = {
    # All cells of a notebook are drawn: one that is not, jumps when a reader scrolls to it.
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "defer"},
    # The arrow keys move a slider that has the focus, and not the notebook's cursor.
    "@jupyterlab/shortcuts-extension:shortcuts": {
        "shortcuts": [
            {"command": command, "keys": [key], **where}
            for key, command in ARROWS.items()
            for where in (
                {"selector": FOCUSED, "disabled": True},
                {"selector": f"{FOCUSED}:not(.jp-OutputArea-output *)"},
            )
        ]
    },
}


def write(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(SETTINGS, indent=2), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.prefix, "share", "jupyter", "lab", "settings", "overrides.json"))
