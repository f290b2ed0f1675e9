"""The book as PDF and as EPUB, from the pages of the built book: what was checked there is what is read here.

``python -m editions pdf`` and ``python -m editions epub`` read ``_build/html`` in Chromium and write into
``_build/editions``.
"""

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""Chromium as this project starts it, here, in the tests and in the measurements: it asks the network for nothing."""
