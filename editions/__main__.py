"""``python -m editions pdf`` or ``python -m editions epub``: one file with the whole book."""

import argparse
import sys
from pathlib import Path

from editions import epub, pdf
from editions.pages import BOOK, prepared

WRITERS = {"pdf": pdf.write, "epub": epub.write}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m editions", description=__doc__)
    parser.add_argument("kind", choices=WRITERS)
    parser.add_argument("--html", type=Path, default=BOOK / "_build" / "html", help="the folder of the built book")
    parser.add_argument("--output", type=Path, help="the file to write; _build/editions/mathematics-of-deep-learning.*")
    parser.add_argument("pages", nargs="*", help="such as chapters/math/loss; the whole book, if none is given")
    chosen = parser.parse_intermixed_args()
    if not (chosen.html / "index.html").exists():
        sys.exit(f"The book is not built: there is no {chosen.html / 'index.html'}. Run `make book` first.")
    output = chosen.output or BOOK / "_build" / "editions" / f"mathematics-of-deep-learning.{chosen.kind}"
    output.parent.mkdir(parents=True, exist_ok=True)
    WRITERS[chosen.kind](prepared(chosen.html, chosen.kind, chosen.pages), output)
    print(f"{output} ({output.stat().st_size / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
