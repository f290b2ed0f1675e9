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


def collapse(parameters):
    """The bias is what comes out for the input zero, the columns what comes out for the unit vectors."""
    identity = np.eye(parameters[0][0].shape[1])
    b = network.predict(0 * identity[:1], parameters, "identity")[0]
    return (network.predict(identity, parameters, "identity") - b).T, b


def collapse_from_the_identity(parameters):
    W = np.eye(parameters[0][0].shape[1])
    b = np.zeros(len(W))
    for W_next, b_next in parameters:
        W = W_next.dot(W)
        b = W_next.dot(b) + b_next
    return [W, b]


def collapse_from_the_end(parameters):
    """What stands before a layer multiplies its bias."""
    W = np.eye(len(parameters[-1][1]))
    b = np.zeros(len(W))
    for weights, bias in parameters[::-1]:
        b = b + W @ bias
        W = W @ weights
    return W, b


def collapse_by_recursion(parameters):
    *before, (W, b) = parameters
    if not before:
        return W, b
    V, c = collapse_by_recursion(before)
    return W @ V, W @ c + b


EQUIVALENTS = {
    "three-layer-bias": [
        lambda W2, W3, b1, b2, b3: W3 * (W2 * b1 + b2) + b3,
        lambda W2, W3, b1, b2, b3: b3 + (W3 * W2) * b1 + W3 * b2,
        lambda W2, W3, b1, b2, b3: ((W2 * b1 + b2).T * W3.T).T + b3,
    ],
    "unpack-parameters": [unpack, unpack_by_slices, unpack_number_by_number],
    "collapse-layers": [collapse, collapse_from_the_identity, collapse_from_the_end, collapse_by_recursion],
}

EQUIVALENT_SLIPS = {
    "collapse-layers": {
        "W, b = (W_next @ W, W_next @ b.T + b_next)": "A vector is its own transpose.",
    },
}
