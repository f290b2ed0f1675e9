"""The answers of the chapter, written in another way."""

from dlmath import network

EQUIVALENTS = {
    "network-slope": [lambda h, f, v, w: v * w * (h - h**2) * (f - f**2)],
    "two-layer-network": [lambda X, W0, b0, W1, b1: network.predict(X, [(W0, b0), (W1, b1)])],
    "count-parameters": [lambda n, m, k: network.count_parameters([n, m, k])],
}
