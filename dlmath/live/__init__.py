"""Figures that stay live: with a kernel through ipywidgets, and in the built page without one.

A figure, a function that changes it, and a control for each of the function's parameters::

    explore(update, figure, learning_rate=log_slider(1e-3, 10), activation=["sigmoid", "tanh"])
"""

from dlmath.live.controls import choice, integers, log_slider, play, slider, stages, switch
from dlmath.live.explorer import LiveFigure, explore

__all__ = ["LiveFigure", "choice", "explore", "integers", "log_slider", "play", "slider", "stages", "switch"]
