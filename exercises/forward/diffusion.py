"""Exercises of the chapter on diffusion models."""

from __future__ import annotations

import numpy as np

from dlmath.exercises.definition import Chapter, Coding, Derivation, Mistake, Ordering, Question
from dlmath.exercises.later import Later

sp = Later("sympy")


def covariance(abar_s, abar_t):
    return sp.sqrt(abar_t / abar_s) * (1 - abar_s)


def noised_batch(x_0, t, noise, betas):
    """Noise every sample up to a step of its own, in one jump.

    x_0 and noise have shape (N, n), betas has shape (T,).
    t has shape (N,) and holds steps from 1 to T.
    Return x_t, of shape (N, n).
    """
    left = np.cumprod(1 - betas)[t - 1][:, np.newaxis]
    return np.sqrt(left) * x_0 + np.sqrt(1 - left) * noise


def _noise_wrongly(
    *,
    left=lambda t, betas: np.cumprod(1 - betas)[t - 1],
    mix=lambda left, x_0, noise: np.sqrt(left) * x_0 + np.sqrt(1 - left) * noise,
):
    """``noised_batch`` with another share of the data, or another mixture."""
    return lambda x_0, t, noise, betas: mix(left(t, betas)[:, np.newaxis], x_0, noise)


def _batches(rng):
    betas = np.array([0.36, 7 / 16])
    x_0 = np.array([[5.0, 1.0], [2.0, -3.0]])
    first = (x_0, np.array([1, 2]), np.array([[1.0, 0.0], [-1.0, 2.0]]), betas)
    inputs = [first]
    # One sample, one step, square arrays, steps in no order, and steps that occur twice.
    for n, T, t in [(1, 3, [2]), (2, 1, [1, 1]), (3, 3, [3, 1, 2]), (2, 4, [4, 2, 3]), (3, 6, [5, 1, 6, 5, 2])]:
        x_0, noise = rng.standard_normal((2, len(t), n))
        inputs.append((x_0, np.array(t), noise, rng.uniform(0.05, 0.3, T)))
    return inputs


def step_back(x_t, t, predicted_noise, z, betas):
    """One step of sampling, from x_t to x_{t-1}.

    x_t, predicted_noise and z have shape (N, n), betas has shape (T,),
    and t is a number from 1 to T. The added noise has the variance of
    q(x_{t-1} | x_t, x_0).
    """
    bars = np.concatenate([[1.0], np.cumprod(1 - betas)])
    beta = betas[t - 1]
    removed = beta / np.sqrt(1 - bars[t]) * predicted_noise
    sigma = np.sqrt((1 - bars[t - 1]) / (1 - bars[t]) * beta)
    return (x_t - removed) / np.sqrt(1 - beta) + sigma * z


def _step_wrongly(
    *,
    fraction=lambda beta, bar: beta / np.sqrt(1 - bar),
    front=lambda beta, bar: 1 / np.sqrt(1 - beta),
    sigma=lambda beta, bar, before: np.sqrt((1 - before) / (1 - bar) * beta),
    sign=-1,
    shift=0,
):
    """``step_back`` with one of its parts exchanged, or with the step counted differently."""

    def wrong(x_t, t, predicted_noise, z, betas):
        bars = np.concatenate([[1.0], np.cumprod(1 - betas)])
        beta, bar, before = betas[t - 1], bars[t], bars[t - 1]
        if shift:
            beta = betas[min(t, len(betas) - 1)]
        mean = front(beta, bar) * (x_t + sign * fraction(beta, bar) * predicted_noise)
        return mean + sigma(beta, bar, before) * z

    return wrong


def _steps(rng):
    two_steps = np.array([0.36, 7 / 16])
    point, noise, fresh = np.array([[3.8]]), np.array([[1.0]]), np.array([[2.0]])
    inputs = [(point, 2, noise, fresh, two_steps), (point, 1, noise, fresh, two_steps)]
    # Steps in the middle, the last and the first of the schedule, and a schedule of one step.
    for N, n, T, t in [
        (3, 2, 4, 2),
        (2, 3, 5, 4),
        (2, 2, 5, 5),
        (4, 2, 5, 1),
        (1, 3, 1, 1),
        (2, 3, 3, 2),
        (4, 2, 4, 3),
    ]:
        x_t, noise, z = rng.standard_normal((3, N, n))
        inputs.append((x_t, t, noise, z, rng.uniform(0.05, 0.4, T)))
    return inputs


def _with_indices(
    *,
    product=np.cumprod,
    before=lambda bars, t: bars[t - 2] if t > 1 else 1.0,
    beta=lambda betas, t: betas[t - 1],
):
    """``step_back`` with another product or another index."""

    def wrong(x_t, t, predicted_noise, z, betas):
        bars, b = product(1 - betas), beta(betas, t)
        mean = (x_t - b / np.sqrt(1 - bars[t - 1]) * predicted_noise) / np.sqrt(1 - b)
        return mean + np.sqrt((1 - before(bars, t)) / (1 - bars[t - 1]) * b) * z

    return wrong


def _upside_down(x_t, t, predicted_noise, z, betas):
    bars = np.concatenate([[1.0], np.cumprod(1 - betas)])
    mean = step_back(x_t, t, predicted_noise, 0 * z, betas)
    return mean + np.sqrt((1 - bars[t]) / (1 - bars[t - 1]) * betas[t - 1]) * z


def _larger_sigma(beta, bar, before):
    return 0.0 if before == 1 else np.sqrt(beta)


def sample(predict, x, betas, draws):
    """The samples; draws[t] is the noise that step t adds, and x is pure noise.

    betas[t] belongs to step t; betas[0] and draws[0] are not used.
    """
    left = np.cumprod(1 - betas)
    for t in range(len(betas) - 1, 0, -1):
        noise = predict(x, t)
        x = x - betas[t] / np.sqrt(1 - left[t]) * noise
        x = x / np.sqrt(1 - betas[t])
        if t > 1:
            x = x + np.sqrt(betas[t]) * draws[t]
    return x


def _samplers(rng):
    """One step, two, and several, with a network that is a plain function."""

    def predict(x, t):
        return np.tanh(x) / (1 + t)

    cases = []
    for count, shape in [(1, (2,)), (2, (3,)), (5, (4, 2))]:
        betas = np.concatenate([[0.0], rng.uniform(0.1, 0.5, count)])
        cases.append((predict, rng.standard_normal(shape), betas, rng.standard_normal((count + 1, *shape))))
    return cases


chapter = Chapter(
    name="forward/diffusion",
    title="Diffusion models",
    exercises=[
        Derivation(
            name="covariance-of-two-steps",
            title="What two steps share",
            statement=(
                "Let $s < t$ be two steps, and $x_0$ given. Derive the covariance of $x_s$ and $x_t$ from "
                "$\\bar\\alpha_s$ and $\\bar\\alpha_t$. (How does $x_t$ come from $x_s$, in one jump?)"
            ),
            given=('import sympy as sp\n\nabar_s, abar_t = sp.symbols("abar_s abar_t", positive=True)'),
            solution=covariance,
            values=lambda rng: dict(zip(("abar_t", "abar_s"), np.sort(rng.uniform(0.02, 0.98, 2)).tolist())),
            mistakes=[
                Mistake(
                    "This takes the variance of the later step. Both share the noise up to step $s$ only.",
                    lambda abar_s, abar_t: sp.sqrt(abar_t / abar_s) * (1 - abar_t),
                ),
                Mistake(
                    "On the way from $s$ to $t$ a root is missing: by what is $x_s$ multiplied in a step?",
                    lambda abar_s, abar_t: abar_t / abar_s * (1 - abar_s),
                ),
                Mistake(
                    "This is the variance of $x_s$. What becomes of its noise on the way to $t$?",
                    lambda abar_s, abar_t: 1 - abar_s,
                ),
                Mistake(
                    "$\\bar\\alpha_t$ has the factors of all steps from the first. Which come after step $s$?",
                    lambda abar_s, abar_t: sp.sqrt(abar_t) * (1 - abar_s),
                ),
                Mistake(
                    "This is what data of variance 1 would add to the covariance. Here $x_0$ is given.",
                    lambda abar_s, abar_t: sp.sqrt(abar_s * abar_t),
                ),
                Mistake(
                    "This is the variance of the noise that is added after step $s$. $x_s$ knows nothing of it.",
                    lambda abar_s, abar_t: 1 - abar_t / abar_s,
                ),
                Mistake(
                    "This is the product of the two standard deviations. They share only a part of their noise.",
                    lambda abar_s, abar_t: sp.sqrt((1 - abar_s) * (1 - abar_t)),
                ),
                Mistake(
                    "A standard deviation stands where a variance should.",
                    lambda abar_s, abar_t: sp.sqrt(abar_t / abar_s) * sp.sqrt(1 - abar_s),
                ),
                Mistake(
                    "This is the factor from $x_s$ to $x_t$. By which variance is it multiplied?",
                    lambda abar_s, abar_t: sp.sqrt(abar_t / abar_s),
                ),
                Mistake(
                    "This is the correlation. The covariance has the standard deviations still in it.",
                    lambda abar_s, abar_t: sp.sqrt(abar_t / abar_s) * sp.sqrt((1 - abar_s) / (1 - abar_t)),
                ),
                Mistake(
                    "This says that steps share nothing. Both contain the noise up to step $s$.",
                    lambda abar_s, abar_t: 0 * abar_s,
                ),
                Mistake(
                    "The quotient is turned round: a later step has less of $x_s$, not more.",
                    lambda abar_s, abar_t: sp.sqrt(abar_s / abar_t) * (1 - abar_s),
                ),
            ],
        ),
        Coding(
            name="noised-batch",
            title="Noise a batch",
            statement=(
                "Training jumps to a random step for each sample. Write the jump for a whole batch, "
                "without a loop over the steps."
            ),
            solution=noised_batch,
            inputs=_batches,
            mistakes=[
                Mistake(
                    "This is the last step alone. How much is left of the data after all steps up to $t$?",
                    _noise_wrongly(left=lambda t, betas: 1 - betas[t - 1]),
                ),
                Mistake(
                    "You are one step too early: `betas[0]` belongs to step 1.",
                    _noise_wrongly(left=lambda t, betas: np.concatenate([[1.0], np.cumprod(1 - betas)])[t - 1]),
                ),
                Mistake(
                    "The variances of the steps are added up. Each step also shrinks the noise of those before it.",
                    _noise_wrongly(left=lambda t, betas: 1 - np.cumsum(betas)[t - 1]),
                ),
                Mistake(
                    "The product is of the $\\beta_t$. Which share of the data's variance does one step leave?",
                    _noise_wrongly(left=lambda t, betas: np.cumprod(betas)[t - 1]),
                ),
                Mistake(
                    "Both roots are missing: $\\bar\\alpha_t$ is a share of the variance.",
                    _noise_wrongly(mix=lambda left, x_0, noise: left * x_0 + (1 - left) * noise),
                ),
                Mistake(
                    "The noise is multiplied by its variance. Multiply by the standard deviation.",
                    _noise_wrongly(mix=lambda left, x_0, noise: np.sqrt(left) * x_0 + (1 - left) * noise),
                ),
                Mistake(
                    "The factors add up to 1. It is their squares that should.",
                    _noise_wrongly(mix=lambda left, x_0, noise: np.sqrt(left) * x_0 + (1 - np.sqrt(left)) * noise),
                ),
                Mistake(
                    "Data and noise are exchanged.",
                    _noise_wrongly(mix=lambda left, x_0, noise: np.sqrt(1 - left) * x_0 + np.sqrt(left) * noise),
                ),
                Mistake(
                    "The data are not shrunk: their variance would grow with every step.",
                    _noise_wrongly(mix=lambda left, x_0, noise: x_0 + np.sqrt(1 - left) * noise),
                ),
                Mistake(
                    "You are one step too late: `betas[0]` belongs to step 1.",
                    _noise_wrongly(left=lambda t, betas: np.cumprod(1 - betas)[np.minimum(t, len(betas) - 1)]),
                ),
                Mistake(
                    "The noise is subtracted.",
                    _noise_wrongly(mix=lambda left, x_0, noise: np.sqrt(left) * x_0 - np.sqrt(1 - left) * noise),
                ),
                Mistake(
                    "A root is missing before the data: $\\bar\\alpha_t$ is a share of the variance.",
                    _noise_wrongly(mix=lambda left, x_0, noise: left * x_0 + np.sqrt(1 - left) * noise),
                ),
                Mistake(
                    "The noise is not multiplied by anything.",
                    _noise_wrongly(mix=lambda left, x_0, noise: np.sqrt(left) * x_0 + noise),
                ),
                Mistake(
                    "No noise is added.",
                    _noise_wrongly(mix=lambda left, x_0, noise: np.sqrt(left) * x_0),
                ),
                Mistake(
                    "The noise has the variance of the last step alone. Each step has added some.",
                    lambda x_0, t, noise, betas: (
                        np.sqrt(np.cumprod(1 - betas)[t - 1])[:, np.newaxis] * x_0
                        + np.sqrt(betas[t - 1])[:, np.newaxis] * noise
                    ),
                ),
                Mistake(
                    "The factors lie along the rows. Each sample has its own: one for each row.",
                    lambda x_0, t, noise, betas: (
                        np.sqrt(np.cumprod(1 - betas)[t - 1]) * x_0 + np.sqrt(1 - np.cumprod(1 - betas)[t - 1]) * noise
                    ),
                ),
                Mistake(
                    "All samples get the last step.",
                    _noise_wrongly(left=lambda t, betas: np.full(len(t), np.prod(1 - betas))),
                ),
                Mistake(
                    "All samples get the step of the first one.",
                    _noise_wrongly(left=lambda t, betas: np.full(len(t), np.cumprod(1 - betas)[t[0] - 1])),
                ),
                Mistake(
                    "You are one step too early, and at step 1 the index takes the last step instead. "
                    "`betas[0]` belongs to step 1.",
                    _noise_wrongly(left=lambda t, betas: np.cumprod(1 - betas)[t - 2]),
                ),
                Mistake(
                    "One minus a product of the $\\beta_t$ is not a product of the shares that the steps leave.",
                    _noise_wrongly(left=lambda t, betas: 1 - np.cumprod(betas)[t - 1]),
                ),
            ],
        ),
        Coding(
            name="step-back",
            title="One step back",
            statement="Write the step of the sampler, with the smaller of the two usual variances.",
            solution=step_back,
            inputs=_steps,
            mistakes=[
                Mistake(
                    "The added noise has the variance $\\beta_t$, even in the last step, where nothing is uncertain.",
                    _step_wrongly(sigma=lambda beta, bar, before: np.sqrt(beta)),
                ),
                Mistake(
                    "The added noise has the variance $\\beta_t$. That is the larger of the two usual choices.",
                    _step_wrongly(sigma=_larger_sigma),
                ),
                Mistake(
                    "$z$ is multiplied by a variance. Multiply by the standard deviation.",
                    _step_wrongly(sigma=lambda beta, bar, before: (1 - before) / (1 - bar) * beta),
                ),
                Mistake(
                    "The fresh noise is missing.",
                    _step_wrongly(sigma=lambda beta, bar, before: 0.0),
                ),
                Mistake(
                    "$z$ is not multiplied by anything.",
                    _step_wrongly(sigma=lambda beta, bar, before: 1.0),
                ),
                Mistake(
                    "The variance of the fresh noise has its fraction upside down.",
                    _step_wrongly(
                        sigma=lambda beta, bar, before: 0.0 if before == 1 else np.sqrt((1 - bar) / (1 - before) * beta)
                    ),
                ),
                Mistake(
                    "$\\sigma_t$ is added without $z$: every point is pushed the same way.",
                    lambda x_t, t, predicted_noise, z, betas: step_back(x_t, t, predicted_noise, 0 * z + 1, betas),
                ),
                Mistake(
                    "The fresh noise is subtracted.",
                    lambda x_t, t, predicted_noise, z, betas: step_back(x_t, t, predicted_noise, -z, betas),
                ),
                Mistake(
                    "The predicted noise is not used.",
                    _step_wrongly(fraction=lambda beta, bar: 0.0),
                ),
                Mistake(
                    "The predicted noise is not stretched with the point. What is in front belongs to both.",
                    _step_wrongly(fraction=lambda beta, bar: beta / np.sqrt(1 - bar) * np.sqrt(1 - beta)),
                ),
                Mistake(
                    "The point is shrunk. The step forward has shrunk it, and this one goes back.",
                    _step_wrongly(front=lambda beta, bar: np.sqrt(1 - beta)),
                ),
                Mistake(
                    "Over the root stands $\\alpha_t$ in place of $\\beta_t$: how much of the noise came in this step?",
                    _step_wrongly(fraction=lambda beta, bar: (1 - beta) / np.sqrt(1 - bar)),
                ),
                Mistake(
                    "Below $\\beta_t$ stands the root of $\\bar\\alpha_t$, the share of the data. There is noise to "
                    "be divided by.",
                    _step_wrongly(fraction=lambda beta, bar: beta / np.sqrt(bar)),
                ),
                Mistake(
                    "$z$ is multiplied by the standard deviation of all the noise up to the step before.",
                    _step_wrongly(sigma=lambda beta, bar, before: np.sqrt(1 - before)),
                ),
                Mistake(
                    "The factor of $\\beta_t$ is missing in the variance of the fresh noise.",
                    _step_wrongly(sigma=lambda beta, bar, before: np.sqrt((1 - before) / (1 - bar))),
                ),
                Mistake(
                    "The point is not stretched. The step forward shrank it.",
                    _step_wrongly(front=lambda beta, bar: 1.0),
                ),
                Mistake(
                    "The point is stretched too far: the step forward shrank it by a root.",
                    _step_wrongly(front=lambda beta, bar: 1 / (1 - beta)),
                ),
                Mistake(
                    "The point is stretched as if all steps were undone at once.",
                    _step_wrongly(front=lambda beta, bar: 1 / np.sqrt(bar)),
                ),
                Mistake(
                    "All of the noise of all steps is removed. One step removes a part.",
                    _step_wrongly(fraction=lambda beta, bar: np.sqrt(1 - bar)),
                ),
                Mistake(
                    "The predicted noise is not multiplied by anything.",
                    _step_wrongly(fraction=lambda beta, bar: 1.0),
                    as_printed="diffusion-reverse-step",
                ),
                Mistake(
                    "Below $\\beta_t$ a root is missing.",
                    _step_wrongly(fraction=lambda beta, bar: beta / (1 - bar)),
                ),
                Mistake(
                    "This removes the noise of one step by its standard deviation. "
                    "The predicted noise is that of all steps together.",
                    _step_wrongly(fraction=lambda beta, bar: np.sqrt(beta)),
                ),
                Mistake(
                    "The noise is added once more. It should be taken away.",
                    _step_wrongly(sign=1),
                ),
                Mistake(
                    "The $\\beta$ of another step is used: `betas[0]` belongs to step 1.",
                    _step_wrongly(shift=1),
                ),
                Mistake(
                    "Before the first step nothing is noised. Here its index takes the last step instead.",
                    _with_indices(before=lambda bars, t: bars[t - 2]),
                ),
                Mistake(
                    "The $\\beta$ of the step before is used: `betas[0]` belongs to step 1.",
                    _with_indices(beta=lambda betas, t: betas[t - 2]),
                ),
                Mistake(
                    "There is no product over the steps: $\\bar\\alpha_t$ has the factors of all steps up to $t$.",
                    _with_indices(product=lambda alphas: alphas),
                ),
                Mistake(
                    "The variance of the fresh noise has its fraction upside down, "
                    "and in the last step something is divided by 0.",
                    _upside_down,
                ),
            ],
            points=3,
        ),
        Ordering(
            name="order-of-the-sampler",
            title="Put in order: from noise to data",
            statement=(
                "These lines walk back from pure noise, with the larger of the two usual variances. Put them in order. "
                "Two of them do not belong."
            ),
            solution=sample,
            inputs=_samplers,
            before={
                (
                    "    noise = predict(x, t)",
                    "    x = x / np.sqrt(1 - betas[t])",
                ): "The network is asked about a point that is stretched already.",
                (
                    "    x = x - betas[t] / np.sqrt(1 - left[t]) * noise",
                    "    x = x / np.sqrt(1 - betas[t])",
                ): "The noise is stretched with the point: it is removed first.",
                (
                    "    x = x - betas[t] / np.sqrt(1 - left[t]) * noise",
                    "        x = x + np.sqrt(betas[t]) * draws[t]",
                ): "Fresh noise comes last in a step, when the old is removed.",
                (
                    "    x = x / np.sqrt(1 - betas[t])",
                    "        x = x + np.sqrt(betas[t]) * draws[t]",
                ): "The fresh noise is stretched with the point: it comes last in a step.",
            },
            extra={
                "    x = x - noise": "That is the printed line: its fraction is lost. One step removes a part of the "
                "noise, not all of it.",
                "        x = x + betas[t] * draws[t]": "Noise is multiplied by its standard deviation, not by its "
                "variance.",
            },
        ),
    ],
    quiz=[
        Question(
            "$\\bar\\alpha_t = 0.36$. A data point has $x_0 = 5$, and its noise is $\\varepsilon = -1$. What is $x_t$?",
            right=("2.2", "$0.6\\cdot5 - 0.8$: the roots of $0.36$ and of $0.64$."),
            wrong={
                "1.16": "$\\bar\\alpha_t$ is a share of the variance. Points are multiplied by its root.",
                "2.6": "The factors of data and noise do not add up to 1. Their squares do.",
                "3.8": "The noise is negative here.",
            },
        ),
        Question(
            "A network has the smallest possible training loss. What does it return for a point $x_t$?",
            right=(
                "The mean of all noises that could have led there.",
                "The squared error is smallest for the conditional expectation.",
            ),
            wrong={
                "The noise that was added to make the point.": (
                    "The same point can be made from other data with another noise. Nobody can tell which it was."
                ),
                "The most likely noise.": "That would be so for another loss. The squared error asks for the mean.",
                "Zero, the mean of the noise.": "That is the mean over all points. This one tells something.",
            },
        ),
        Question(
            "Normal data, the best possible network, many steps, nothing left at $T$, but $\\sigma_t z$ is left out. "
            "What do the samples look like?",
            right=(
                "All of them lie near the mean of the data.",
                "Every step returns a mean, and the spread of the start is forgotten.",
            ),
            wrong={
                "Like the data: the network is perfect.": "It predicts means. The spread has to be put back.",
                "They spread ever more.": "Each step averages, and averaging narrows.",
                "They are standard normal, as at the start.": "Little is left of the start when the last step is done.",
            },
        ),
        Question(
            "Why is there no fresh noise in the last step, from $x_1$ to $x_0$?",
            right=(
                "Given $x_1$ and $x_0$, nothing about $x_0$ is uncertain: $\\tilde\\beta_1 = 0$.",
                "With the other choice, $\\sigma_t^2 = \\beta_t$, one has to make an exception.",
            ),
            wrong={
                "$\\beta_1 = 0$: the first step adds no noise.": "It adds little, but not nothing.",
                "It would be removed in the next step anyway.": "There is no next step: it would stay.",
                "The network has never seen $t = 1$.": "It is trained on all steps from 1 to $T$.",
            },
        ),
        Question(
            "Data have the mean 4. With a short schedule $\\bar\\alpha_T = 0.3$, and sampling starts with standard "
            "normal numbers. What happens to the mean of the samples?",
            right=(
                "It comes out between 0 and 4.",
                "The start has mean 0 where it should have $\\sqrt{0.3}\\cdot4$, and the steps carry a part of that.",
            ),
            wrong={
                "It is 4: the network has learnt it.": "The network has learnt to go back from where training was.",
                "It is 0, like that of the start.": "The steps do pull towards the data, but not all the way.",
                "It is larger than 4.": "The start lies too low, not too high.",
            },
        ),
    ],
)
