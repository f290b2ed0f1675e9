"""Write the exercises' cells into the chapters from their definitions; everything else stays byte for byte.

    python -m classroom.chapters [--check] [math/loss ...]

A cell of an exercise is found by its call, ``exercise("name")``, ``check("name", answer)`` or ``solution("name")``;
the stub is the code cell between the first two. A new exercise gets its four cells after those of the exercise before.
"""

from __future__ import annotations

import argparse
import json
import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dlmath.exercises.definition import Chapter, Exercise, chapters

CHAPTERS = Path(__file__).parents[1] / "chapters"


def written(text: str, chapter: Chapter) -> str:
    """The text of a notebook with the cells of its exercises as the definitions have them.

    Raises:
        ValueError: the notebook has a part of an exercise, or none to put a new one after.
    """
    notebook = json.loads(text)
    cells = notebook["cells"]
    before = _place(cells, f'quiz("{chapter.name}")')
    for exercise in chapter.exercises:
        sources = _sources(exercise)
        places = [_place(cells, source) for source in (sources[0], f'check("{exercise.name}",', sources[3])]
        start, check, end = places
        if start is None and check is None and end is None:
            if before is None:
                raise ValueError(f"{chapter.name} has no cell to put {exercise.name!r} after")
            cells[before + 1 : before + 1] = [_cell(exercise, i, source) for i, source in enumerate(sources)]
            before += 4
            continue
        if start is None or check is None or end is None:
            raise ValueError(f"{chapter.name} has only some cells of {exercise.name!r}")
        stubs = [i for i in range(start + 1, check) if cells[i]["cell_type"] == "code"]
        if not start < check < end or len(stubs) != 1:
            raise ValueError(f"{exercise.name!r} in {chapter.name} must come as exercise, stub, check, solution")
        for place, source in zip((start, stubs[0], check, end), sources):
            if "".join(cells[place]["source"]) != source:
                cells[place]["source"] = source.splitlines(keepends=True)
        before = end
    result = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    return text if json.loads(text) == notebook else result


def _sources(exercise: Exercise) -> list[str]:
    name = exercise.name
    return [f'exercise("{name}")', exercise.stub, f'check("{name}", {exercise.answer})', f'solution("{name}")']


def _cell(exercise: Exercise, part: int, source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": f"{zlib.crc32(f'{exercise.name} {part}'.encode()):08x}",
        "metadata": {"tags": ["remove-input"]} if part in (0, 3) else {},
        "outputs": [],
        "source": source.splitlines(keepends=True),
    }


def _place(cells: Sequence[dict[str, Any]], start: str) -> int | None:
    pattern = re.compile(rf"^{re.escape(start)}", flags=re.M)
    found = [
        i for i, cell in enumerate(cells) if cell["cell_type"] == "code" and pattern.search("".join(cell["source"]))
    ]
    return found[0] if found else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing, and fail if something would change")
    parser.add_argument("chapters", nargs="*", metavar="chapter", help="such as math/loss; all, if none is given")
    arguments = parser.parse_args()
    changed = []
    for name in arguments.chapters or chapters():
        file = CHAPTERS / f"{name}.ipynb"
        text = file.read_text(encoding="utf-8")
        result = written(text, chapters()[name])
        if result != text:
            changed.append(name)
            if not arguments.check:
                file.write_text(result, encoding="utf-8")
    print("\n".join(changed) if changed else "nothing to change")
    if arguments.check and changed:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
