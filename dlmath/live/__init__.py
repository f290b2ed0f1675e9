"""Figures that stay live: with a kernel through ipywidgets, and in the built page without one.

from dlmath.live import explore, log_slider

explore(update, figure, learning_rate=log_slider(1e-3, 10), activation=["sigmoid", "tanh"])
"""

from dlmath.live.controls import integers, log_slider, play, slider, stages
from dlmath.live.explorer import LiveFigure, explore

__all__ = ["LiveFigure", "explore", "integers", "log_slider", "play", "slider", "stages"]
