"""Exercises of the chapter on the affine layer."""

from __future__ import annotations

import numpy as np

from dlmath.exercises.definition import Chapter, Coding, Derivation, Mistake, Prediction, Question


def low_rank_backward(grad_Z, X, W, A, B):
    """The gradients of a layer whose weights W get a correction B @ A.

    The layer returns X @ (W + B @ A).T, and grad_Z is the gradient of the
    loss with respect to that. grad_Z has shape (N, n_out), X has shape
    (N, n_in), W has shape (n_out, n_in), A has shape (r, n_in), B has shape
    (n_out, r). Return (grad_X, grad_A, grad_B).
    """
    return grad_Z @ (W + B @ A), B.T @ grad_Z.T @ X, grad_Z.T @ X @ A.T


def _wrong_backward(
    *,
    to_inputs=lambda G, W, A, B: G @ (W + B @ A),
    to_A=lambda G, X, A, B: B.T @ G.T @ X,
    to_B=lambda G, X, A, B: G.T @ X @ A.T,
):
    """``low_rank_backward`` with one of its three rules exchanged."""
    return lambda grad_Z, X, W, A, B: (to_inputs(grad_Z, W, A, B), to_A(grad_Z, X, A, B), to_B(grad_Z, X, A, B))


def _corrected_layers(rng):
    """One number everywhere, then all sizes equal, then a correction of rank 1, and several of everything."""
    # Where all sizes are equal a wrong transposition gives numbers instead of an error.
    return [
        tuple(rng.standard_normal(shape) for shape in [(n, n_out), (n, n_in), (n_out, n_in), (r, n_in), (n_out, r)])
        for n, n_in, n_out, r in [(1, 1, 1, 1), (2, 2, 2, 2), (5, 3, 2, 1), (1, 2, 4, 2), (7, 4, 5, 3)]
    ]


def half_axes(W):
    """The half-axes of the ellipse that W makes of the unit circle.

    W has shape (2, 2). Return an array of shape (2,), the longer one first.
    """
    (a, b), (c, d) = W
    u, v = np.hypot(a + d, b - c) / 2, np.hypot(a - d, b + c) / 2
    return np.array([u + v, abs(u - v)])


def _planes(rng):
    """A shear, axes the other way round, a mirror, a turn, a turn and stretching, a line, a point; and then any."""
    simple = [[[1, 1], [0, 1]], [[1, 0], [0, 3]], [[-2, 0], [0, 1]], [[0, -1], [1, 0]], [[3, -4], [4, 3]]]
    flat = [[[0, 0], [0, 2]], [[0, 0], [0, 0]]]
    matrices = [np.array(matrix, dtype=float) for matrix in simple + flat]
    # A product of two turns and half-axes, in one of them mirrored: neither so narrow that digits are lost.
    for sign in (1, 1, -1, -1):
        first, second = (_turn(angle) for angle in rng.uniform(0, 2 * np.pi, 2))
        matrices.append(first @ np.diag([rng.uniform(2, 4), sign * rng.uniform(0.5, 1.5)]) @ second)
    return [(matrix,) for matrix in matrices]


def _turn(angle):
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def tied_gradient(W, x):
    return W * x * (W.T * W * x - x).T + W * (W.T * W * x - x) * x.T


def growth_of_areas():
    """How much larger the letter gets that a layer stretches by 1.5 in every direction."""
    return float(np.linalg.det(1.5 * np.eye(2)))


chapter = Chapter(
    name="equations/linear-transformation",
    title="Linear transformation",
    exercises=[
        Prediction(
            name="a-larger-letter",
            title="Predict: a larger letter",
            question=(
                "A layer stretches the plane by 1.5 in every direction. How many times as much room does the letter "
                "of the first figure take?"
            ),
            solution=growth_of_areas,
            why=(
                "An area grows by the determinant, the product of the two singular values. In the figure of the plane "
                "the circle becomes one of the radius 1.5."
            ),
            mistakes=[
                Mistake("This is what lengths grow by. The letter has a height and a width.", lambda: 1.5),
                Mistake("The two stretches follow one another: their factors multiply, they do not add.", lambda: 3.0),
                Mistake("A plane has two directions, not three.", lambda: 1.5**3),
            ],
        ),
        Derivation(
            name="tied-weights-gradient",
            title="One matrix, there and back",
            statement=(
                "An autoencoder with *tied weights* squeezes a sample through a layer, $\\mathbf h = \\mathbf "
                "W\\mathbf x$, and draws it again with the transposed matrix, $\\hat{\\mathbf x} = \\mathbf "
                "W^T\\mathbf h$. The loss is $L = \\frac12\\lVert\\hat{\\mathbf x} - \\mathbf x\\rVert^2$. Derive "
                "$\\partial L/\\partial\\mathbf W$. It has the shape of $\\mathbf W$, and collects from both places "
                "where $\\mathbf W$ is used."
            ),
            given=(
                "import sympy as sp\n\nfrom dlmath.symbolic import sizes\n\n"
                'n, m = sizes("n m")\n'
                'W, x = sp.MatrixSymbol("W", m, n), sp.MatrixSymbol("x", n, 1)'
            ),
            solution=tied_gradient,
            mistakes=[
                Mistake(
                    "This is what comes from the way there, $\\mathbf h = \\mathbf W\\mathbf x$. The matrix is used on "
                    "the way back as well.",
                    lambda W, x: W * (W.T * W * x - x) * x.T,
                ),
                Mistake(
                    "This is what comes from the way back, $\\mathbf W^T\\mathbf h$. But $\\mathbf h$ depends on the "
                    "matrix too.",
                    lambda W, x: W * x * (W.T * W * x - x).T,
                ),
                Mistake(
                    "The two uses do not give the same: one has $\\mathbf h$ on its left, the other $\\mathbf x$ on "
                    "its right. Follow each path by itself.",
                    lambda W, x: 2 * W * (W.T * W * x - x) * x.T,
                ),
                Mistake(
                    "This is the transpose: compare its shape with that of $\\mathbf W$.",
                    lambda W, x: (W.T * W * x - x) * (W * x).T + x * (W * (W.T * W * x - x)).T,
                ),
                Mistake(
                    "The half in the loss takes the 2 of the square away.",
                    lambda W, x: 2 * (W * x * (W.T * W * x - x).T + W * (W.T * W * x - x) * x.T),
                ),
            ],
        ),
        Coding(
            name="low-rank-backward",
            title="Back through a correction of low rank",
            statement=(
                "A large trained layer is adapted to a new task without touching its weights: $\\mathbf Z = \\mathbf "
                "X(\\mathbf W + \\mathbf B\\mathbf A)^T$, where $\\mathbf W$ stays as it is and only the thin matrices "
                "$\\mathbf A$ and $\\mathbf B$ are trained, which have few rows and few columns. Given the gradient of "
                "the loss with respect to $\\mathbf Z$, return those with respect to $\\mathbf X$, $\\mathbf A$ and "
                "$\\mathbf B$. The mean over the batch is in the given gradient already."
            ),
            solution=low_rank_backward,
            inputs=_corrected_layers,
            returns=("grad_X", "grad_A", "grad_B"),
            mistakes=[
                Mistake(
                    "Back to the inputs only the old weights are used. Forward the correction was there too.",
                    _wrong_backward(to_inputs=lambda G, W, A, B: G @ W),
                ),
                Mistake(
                    "Back to the inputs the weights are used the other way round than forward. "
                    "With a square matrix nothing complains.",
                    _wrong_backward(to_inputs=lambda G, W, A, B: G @ (W + B @ A).T),
                ),
                Mistake(
                    "The gradient of $\\mathbf A$ is transposed: it has the shape of $\\mathbf A$.",
                    _wrong_backward(to_A=lambda G, X, A, B: X.T @ G @ B),
                ),
                Mistake(
                    "The gradient of $\\mathbf B$ is transposed: it has the shape of $\\mathbf B$.",
                    _wrong_backward(to_B=lambda G, X, A, B: A @ X.T @ G),
                ),
                Mistake(
                    "This is the gradient of $\\mathbf W$, in the place of both others. How does $\\mathbf B\\mathbf "
                    "A$ change with $\\mathbf A$ alone?",
                    _wrong_backward(to_A=lambda G, X, A, B: G.T @ X, to_B=lambda G, X, A, B: G.T @ X),
                ),
                Mistake(
                    "The gradients of the weights are divided by the number of samples. The loss has done that "
                    "already.",
                    _wrong_backward(
                        to_A=lambda G, X, A, B: B.T @ G.T @ X / len(X),
                        to_B=lambda G, X, A, B: G.T @ X @ A.T / len(X),
                    ),
                ),
            ],
            points=3,
        ),
        Coding(
            name="half-axes",
            title="From a circle to an ellipse",
            statement=(
                "Compute the half-axes of the ellipse that a $2\\times2$ matrix makes of the unit circle. Use the "
                "formulas of the chapter, or any other way."
            ),
            solution=half_axes,
            inputs=_planes,
            mistakes=[
                Mistake(
                    "These are the eigenvalues. They are the half-axes of a symmetric matrix only: try a shear.",
                    lambda W: np.sort(np.abs(np.linalg.eigvals(W)))[::-1],
                ),
                Mistake(
                    "These are the lengths of the columns, the images of the unit vectors. "
                    "The farthest point of the ellipse may lie between them.",
                    lambda W: np.sort(np.linalg.norm(W, axis=0))[::-1],
                ),
                Mistake(
                    "These are the squares of the half-axes.",
                    lambda W: np.linalg.svd(W, compute_uv=False) ** 2,
                ),
                Mistake(
                    "These are the whole axes. Asked for are the distances from the centre.",
                    lambda W: 2 * np.linalg.svd(W, compute_uv=False),
                ),
                Mistake(
                    "The longer half-axis comes first.",
                    lambda W: np.linalg.svd(W, compute_uv=False)[::-1],
                ),
            ],
        ),
    ],
    quiz=[
        Question(
            "A layer has `W` of shape (4, 4), and a batch `X` of shape (10, 4). Somebody writes `X @ W + b`. "
            "What happens?",
            right=(
                "It runs, and the numbers are those of another layer.",
                "The shapes fit, but each sample meets the columns of `W` instead of its rows.",
            ),
            wrong={
                "NumPy raises an error.": "It would if `W` were not square. Here all shapes fit.",
                "It runs, and the result is the transpose.": (
                    "$\\mathbf X\\mathbf W$ is not the transpose of $\\mathbf X\\mathbf W^T$; the weights are."
                ),
                "It is the same, written for a batch.": "For a batch the weights have to be transposed.",
            },
        ),
        Question(
            "Which statement about $f(\\mathbf x) = \\mathbf W\\mathbf x + \\mathbf b$ holds for every $\\mathbf b$?",
            right=(
                "$f(\\mathbf x) - f(\\mathbf y) = \\mathbf W(\\mathbf x - \\mathbf y)$",
                "In a difference the bias drops out. What is linear about an affine map are its differences.",
            ),
            wrong={
                "$f(\\mathbf 0) = \\mathbf 0$": "$f(\\mathbf 0) = \\mathbf b$.",
                "$f(2\\mathbf x) = 2 f(\\mathbf x)$": "On the right the bias is doubled too, on the left it is not.",
                "$f(\\mathbf x + \\mathbf y) = f(\\mathbf x) + f(\\mathbf y)$": "On the right the bias stands twice.",
            },
        ),
        Question(
            "$\\mathbf W$ is $2\\times2$ with determinant $-3$ and one singular value 6. What is the other one?",
            right=("$\\frac12$", "The product of the half-axes is the size of the area factor, 3."),
            wrong={
                "$-\\frac12$": "Half-axes are lengths. The sign of the determinant says that the plane is mirrored.",
                "$-18$": "The product of the singular values is the size of the determinant, not their quotient.",
                "It cannot be known.": "For two dimensions the determinant and one half-axis give the other.",
            },
        ),
        Question(
            "One sample, $\\mathbf g = \\partial L/\\partial\\mathbf z$. The third input is zero, $x_3 = 0$. "
            "Which gradients vanish?",
            right=(
                "Those of the weights in the third column.",
                "The gradient is $g_i x_j$: a weight whose input is silent cannot have helped or harmed.",
            ),
            wrong={
                "Those of the weights in the third row.": "The third row belongs to the third output.",
                "That of the third input.": "It is the third column of $\\mathbf W$ times $\\mathbf g$: not zero.",
                "That of the third bias.": "The gradient of the biases is $\\mathbf g$, whatever the inputs are.",
            },
        ),
        Question(
            "The weights of a layer are multiplied by $10^{-6}$. What happens to its condition number?",
            right=("Nothing.", "All singular values shrink alike, and their ratio stays."),
            wrong={
                "It grows to a million times its value.": "The largest singular value shrinks as well.",
                "It becomes nearly zero, as the determinant does.": (
                    "The determinant depends on the scale. The condition number is a ratio and at least 1."
                ),
            },
        ),
    ],
)
