"""Timings of dlmath beside those of the frameworks it explains: ``python -m benchmarks``."""
