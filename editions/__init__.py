"""The book as PDF and as EPUB, from the pages of the built book: what was checked there is what is read here.

``python -m editions pdf`` and ``python -m editions epub`` read ``_build/html`` in Chromium and write into
``_build/editions``.
"""
