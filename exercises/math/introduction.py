"""Exercises of the chapter on fitting a known model."""

from __future__ import annotations

import numpy as np

from dlmath.exercises.definition import Chapter, Coding, Derivation, Mistake, Prediction, Question


def gauss_newton_step(residuals, jacobian):
    """The Gauss-Newton step, shape (P,).

    residuals has shape (N,), jacobian has shape (N, P).
    """
    return -np.linalg.solve(jacobian.T @ jacobian, jacobian.T @ residuals)


def _linearizations(rng):
    """One parameter, a square Jacobian, residuals of zero, and then any numbers of both."""
    # In a square Jacobian a transposition gives a number instead of an error.
    square = np.array([[1.0, 1.0], [0.0, 2.0]])
    simple = [(np.array([3.0]), np.array([[2.0]])), (np.array([1.0, 2.0]), square), (np.zeros(2), square)]
    return simple + [
        (rng.standard_normal(n), _jacobian(rng, n, p)) for n, p in [(2, 2), (4, 1), (5, 2), (9, 3), (8, 5)]
    ]


def _jacobian(rng, n, p):
    """Columns of different lengths, not at right angles, and far from dependent."""
    directions = np.linalg.qr(rng.standard_normal((n, p)))[0]
    return directions @ (np.diag(rng.uniform(1, 2, p)) + np.triu(np.full((p, p), 0.5), 1))


def fit_amplitudes(locations, heights):
    """The least-squares amplitudes [a, b], shape (2,).

    locations has one place (x, y) a row, shape (N, 2).
    heights has shape (N,).
    """
    x, y = locations[:, 0], locations[:, 1]
    jacobian = np.column_stack([np.sin(x), np.cos(y)])
    return np.linalg.solve(jacobian.T @ jacobian, jacobian.T @ heights)


def _least_squares(first, second, heights):
    return np.linalg.lstsq(np.column_stack([first, second]), heights, rcond=None)[0]


def _measurements(rng):
    """As few places as amplitudes, heights that fit exactly, heights that do not, and places farther than one wave."""
    two = np.array([[1.0, 2.0], [-1.0, 0.5]])
    x, y = places = rng.uniform(-3, 3, (2, 6))
    exact = (places.T, 2 * np.sin(x) - 3 * np.cos(y))
    return [(two, np.array([1.0, 2.0])), exact] + [
        (rng.uniform(-width, width, (n, 2)), rng.standard_normal(n)) for n, width in [(8, 3), (30, 20)]
    ]


def cost_gradient(J, theta, z):
    return J.T * (J * theta - z)


def step_from_twice_as_far():
    """Where a Gauss-Newton step for forty sensors ends that begins twice as far away."""
    from dlmath import datasets, least_squares

    locations, heights = datasets.sensors(40, np.random.default_rng(0))
    jacobian = np.column_stack([np.sin(locations[:, 0]), np.cos(locations[:, 1])])
    best = least_squares.gauss_newton_step(-heights[:, 0], jacobian)
    away = np.array([3.0, -2.0])
    left = []
    for start in (best + away, best + 2 * away):
        end = start + least_squares.gauss_newton_step(jacobian @ start - heights[:, 0], jacobian)
        left.append(float(np.linalg.norm(end - best)))
    assert left[0] < 1e-9
    return "A" if left[1] < 1e-9 else "B" if left[1] < 3 else "C"


chapter = Chapter(
    name="math/introduction",
    title="Introduction: fitting a known model",
    exercises=[
        Prediction(
            name="twice-as-far",
            title="Predict: a start twice as far away",
            question=(
                "In the figure of one Gauss–Newton step, the model is $a\\sin x + b\\cos y$. You move the start to "
                "twice its distance from the best place. Where does the one step end?"
            ),
            solution=step_from_twice_as_far,
            choices={
                "A": "At the best place, as before.",
                "B": "Half of the way there.",
                "C": "Somewhere else: far from the best place the model is not what its linearization says.",
            },
            why=(
                "The model is linear in $a$ and $b$, so its linearization is the model itself, and the step solves "
                "the whole problem, from anywhere. Move the start and see."
            ),
            mistakes=[
                Mistake(
                    "A step of that kind would be gradient descent with a fixed rate. How long a Gauss-Newton step "
                    "is, the curvature decides.",
                    lambda: "B",
                ),
                Mistake("The model bends in $x$ and $y$. How does it depend on $a$ and $b$?", lambda: "C"),
            ],
        ),
        Derivation(
            name="linear-cost-gradient",
            title="The gradient of the cost",
            statement=(
                "A model that is linear in its parameters has residuals $\\mathbf r "
                "= \\mathbf J\\boldsymbol\\theta - \\mathbf z$. "
                "Derive the gradient of the cost $C(\\boldsymbol\\theta) = \\frac12\\|\\mathbf r\\|^2$ with respect to "
                "$\\boldsymbol\\theta$, a column of the same shape as $\\boldsymbol\\theta$. "
                "Setting it to zero gives the normal equations."
            ),
            given=(
                "import sympy as sp\n\nfrom dlmath.symbolic import sizes\n\n"
                'N, P = sizes("N P")\n'
                'J = sp.MatrixSymbol("J", N, P)\n'
                'theta = sp.MatrixSymbol("theta", P, 1)\n'
                'z = sp.MatrixSymbol("z", N, 1)'
            ),
            solution=cost_gradient,
            mistakes=[
                Mistake(
                    "Twice what it should be: the cost begins with ½, which the 2 of the square cancels.",
                    lambda J, theta, z: 2 * J.T * (J * theta - z),
                ),
                Mistake(
                    "The sign is turned: the residual is model minus data.",
                    lambda J, theta, z: J.T * (z - J * theta),
                ),
                Mistake(
                    "This is a row. The gradient has the shape of the parameters: a column.",
                    lambda J, theta, z: (J * theta - z).T * J,
                ),
                Mistake(
                    "This is the residual. The chain rule brings one more factor: how does the residual change "
                    "with the parameters?",
                    lambda J, theta, z: J * theta - z,
                ),
            ],
        ),
        Coding(
            name="gauss-newton-step",
            title="The Gauss-Newton step",
            statement=(
                "Write the step $\\mathbf p$ that minimizes the linearized cost "
                "$\\|\\mathbf J\\mathbf p + \\mathbf r\\|^2$, "
                "so that $\\boldsymbol\\theta + \\mathbf p$ are the next parameters. "
                "The columns of $\\mathbf J$ are independent."
            ),
            solution=gauss_newton_step,
            inputs=_linearizations,
            mistakes=[
                Mistake(
                    "The step leads uphill. The gradient of the cost points to where it rises.",
                    lambda r, J: np.linalg.solve(J.T @ J, J.T @ r),
                ),
                Mistake(
                    "This is a step along the negative gradient. Gauss-Newton also divides by the curvature: "
                    "one matrix is missing.",
                    lambda r, J: -J.T @ r,
                ),
                Mistake(
                    "This solves for every parameter as if the others did not move. "
                    "What about the entries off the diagonal of $\\mathbf J^T\\mathbf J$?",
                    lambda r, J: -(J.T @ r) / np.sum(J * J, axis=0),
                ),
                Mistake(
                    "Twice too long: the 2 of the squared norm is in the gradient and in the curvature, and cancels.",
                    lambda r, J: -2 * np.linalg.solve(J.T @ J, J.T @ r),
                ),
                Mistake(
                    "The matrix multiplies where it should be solved with: the step grows where the curvature is "
                    "large, and should shrink.",
                    lambda r, J: -(J.T @ J) @ (J.T @ r),
                ),
            ],
        ),
        Coding(
            name="fit-amplitudes",
            title="Amplitudes from measurements",
            statement=(
                "Sensors at the places $(x_i, y_i)$ have measured the heights "
                "$z_i$. Find the amplitudes $a$ and $b$ of "
                "$z = a\\sin x + b\\cos y$ that minimize the sum of the squared residuals. "
                "The model is linear in $a$ and $b$: one solution of a linear system is enough."
            ),
            solution=fit_amplitudes,
            inputs=_measurements,
            mistakes=[
                Mistake(
                    "The columns of `locations` are exchanged: the sine belongs to x, the first column.",
                    lambda p, z: _least_squares(np.sin(p[:, 1]), np.cos(p[:, 0]), z),
                ),
                Mistake(
                    "Sine and cosine are exchanged.",
                    lambda p, z: _least_squares(np.cos(p[:, 0]), np.sin(p[:, 1]), z),
                ),
                Mistake(
                    "The two amplitudes come in the wrong order: first a, then b.",
                    lambda p, z: _least_squares(np.sin(p[:, 0]), np.cos(p[:, 1]), z)[::-1],
                ),
                Mistake(
                    "This fits a straight plane, a x + b y: the columns of the Jacobian are sin x and cos y.",
                    lambda p, z: _least_squares(p[:, 0], p[:, 1], z),
                ),
            ],
        ),
    ],
    quiz=[
        Question(
            "The model $z = a\\sin x + b\\cos y$ is fitted by changing $a$ and $b$. Is this regression linear?",
            right=(
                "Yes, because z is linear in a and b.",
                "What counts is how the model depends on what is fitted. The Jacobian is the same for all $a$ and $b$.",
            ),
            wrong={
                "No, because sin and cos are not linear.": "They bend z as a function of x and y, which are data. "
                "Look at the dependence on $a$ and $b$.",
                "No, because there are two parameters.": "The number of parameters says nothing: a plane has three.",
                "It depends on the noise.": "The noise changes the data, not the model.",
            },
        ),
        Question(
            "How many Gauss-Newton steps does a model that is linear in its parameters need, from any start?",
            right=("One.", "The linearized cost is the cost itself, so its minimum is the minimum."),
            wrong={
                "As many as there are parameters.": "That is what conjugate gradients need. "
                "Gauss-Newton solves for all parameters at once.",
                "It depends on the start.": "It does for a nonlinear model. Here the Jacobian is the same everywhere.",
                "Infinitely many, ever smaller ones.": "Gradient descent comes near step by step. "
                "Gauss-Newton knows the curvature, which is constant here.",
            },
        ),
        Question(
            "Four times as many sensors, spread in the same way: what happens to the standard errors of $a$ and $b$?",
            right=(
                "They halve.",
                "$\\mathbf J^T\\mathbf J$ is about four times as large, and the error goes with its root.",
            ),
            wrong={
                "They become a quarter.": "The variance does. The standard error is its root.",
                "They stay, for the noise stays.": (
                    "Each measurement is as noisy as before, but more of them are averaged."
                ),
                "They become zero.": "Only without noise, or with infinitely many sensors.",
            },
        ),
        Question(
            "What can happen to Gauss-Newton when the frequency is unknown, as in $z = a\\sin(\\omega x)$?",
            right=(
                "From a bad start its cost can rise, and it may end in the wrong place.",
                (
                    "The linearization holds near the current point only, and the "
                    "step may go far beyond. Damping shortens it."
                ),
            ),
            wrong={
                "Nothing: it still needs one step.": (
                    "The Jacobian now depends on $\\omega$: the cost is no longer quadratic."
                ),
                "It cannot be applied.": "It can: only a Jacobian is needed. But its steps are approximations.",
                "It always converges, only more slowly.": "Nothing in the method keeps the cost from rising.",
            },
        ),
    ],
)
