"""The exercises on the network as a function, solved by the package and by what a layer does to given inputs."""

import numpy as np

from dlmath import network


def unpack(theta, n_in, n_hidden, n_out):
    return [part for layer in network.unpack(theta, [n_in, n_hidden, n_out]) for part in layer]


def unpack_by_slices(theta, n_in, n_hidden, n_out):
    first = n_hidden * n_in
    second = first + n_hidden
    third = second + n_out * n_hidden
    W1 = theta[:first].reshape((n_hidden, -1))
    W2 = np.reshape(theta[second:third], (n_out, n_hidden))
    return W1, theta[first:second], W2, theta[third:]


def unpack_number_by_number(theta, n_in, n_hidden, n_out):
    numbers = iter(theta)
    W1 = np.array([[next(numbers) for _ in range(n_in)] for _ in range(n_hidden)])
    b1 = np.array([next(numbers) for _ in range(n_hidden)])
    W2 = np.array([[next(numbers) for _ in range(n_hidden)] for _ in range(n_out)])
    return W1, b1, W2, np.array(list(numbers))


def collapse_by_what_comes_out(parameters):
    """The bias is what comes out for the input zero, the columns what comes out for the unit vectors."""
    with_bypass = [(W + np.eye(len(b)), b) for W, b in parameters]
    identity = np.eye(len(parameters[0][1]))
    b = network.predict(0 * identity[:1], with_bypass, "identity")[0]
    return (network.predict(identity, with_bypass, "identity") - b).T, b


def collapse_from_the_end(parameters):
    """What stands before a layer multiplies its bias."""
    W = np.eye(len(parameters[-1][1]))
    b = np.zeros(len(W))
    for weights, bias in parameters[::-1]:
        b = b + W @ bias
        W = W @ (np.eye(len(W)) + weights)
    return W, b


def collapse_by_recursion(parameters):
    *before, (W, b) = parameters
    W = W + np.identity(len(b))
    if not before:
        return [W, b]
    V, c = collapse_by_recursion(before)
    return [W @ V, W @ c + b]


EQUIVALENTS = {
    "three-layer-bias": [
        lambda W2, W3, b1, b2, b3: W3 * (W2 * b1 + b2) + b3,
        lambda W2, W3, b1, b2, b3: b3 + (W3 * W2) * b1 + W3 * b2,
        lambda W2, W3, b1, b2, b3: ((W2 * b1 + b2).T * W3.T).T + b3,
    ],
    "unpack-parameters": [unpack, unpack_by_slices, unpack_number_by_number],
    "collapse-bypasses": [collapse_by_what_comes_out, collapse_from_the_end, collapse_by_recursion],
}

_ONE_WIDTH = "With a bypass all layers have one width."

EQUIVALENT_SLIPS = {
    "collapse-bypasses": {
        "W, b = (np.eye(len(parameters[0][0])), np.zeros(len(parameters[0][1])))": _ONE_WIDTH,
        "W, b = (np.eye(len(parameters[0][1])), np.zeros(len(parameters[0][0])))": _ONE_WIDTH,
        "W, b = (np.eye(len(parameters[-1][1])), np.zeros(len(parameters[0][1])))": _ONE_WIDTH,
        "W, b = (np.eye(len(parameters[0][1])), np.zeros(len(parameters[-1][1])))": _ONE_WIDTH,
        "W, b = (W + W_next @ W, b + W_next @ b.T + b_next)": "A vector is its own transpose.",
    },
}
