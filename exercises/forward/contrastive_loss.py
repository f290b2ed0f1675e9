"""Exercises of the chapter on the contrastive loss."""

from __future__ import annotations

import numpy as np

from dlmath.exercises.definition import Chapter, Coding, Derivation, Mistake, Prediction, Question
from dlmath.exercises.later import Later

sp = Later("sympy")


def symmetric_loss(U, V, tau):
    """The contrastive loss of N pairs, in both directions.

    U and V have shape (N, d): one embedding a row, of any length; row i
    of U belongs to row i of V. tau is the temperature.
    Return a number.
    """
    U = U / np.linalg.norm(U, axis=1, keepdims=True)
    V = V / np.linalg.norm(V, axis=1, keepdims=True)
    Z = U @ V.T / tau
    total = 0.0
    for logits in (Z, Z.T):
        shifted = logits - logits.max(axis=1, keepdims=True)
        sums = np.exp(shifted).sum(axis=1)
        total += np.mean(np.log(sums) - shifted.diagonal())
    return total / 2


def _directions(A):
    return A / np.linalg.norm(A, axis=1, keepdims=True)


def _cross_entropies(Z):
    """The cost of each row, without overflow."""
    shifted = Z - Z.max(axis=1, keepdims=True)
    return np.log(np.exp(shifted).sum(axis=1)) - shifted.diagonal()


def _both(Z):
    return np.mean(_cross_entropies(Z) + _cross_entropies(Z.T)) / 2


def _over_the_whole_matrix(Z):
    shifted = Z - Z.max()
    return np.log(np.exp(shifted).sum()) - shifted.diagonal().mean()


def _others_only(Z):
    """The right partner is left out of its own sum."""
    masked = np.where(np.eye(len(Z)) == 1, -np.inf, Z)

    def side(masked):
        largest = masked.max(axis=1, keepdims=True)
        return np.log(np.exp(masked - largest).sum(axis=1)) + largest[:, 0] - Z.diagonal()

    return np.mean(side(masked) + side(masked.T)) / 2


def _overflowing(Z, sides=(0.5, 0.5)):
    E = np.exp(Z)
    shares = [E.diagonal() / E.sum(axis=axis) for axis in (1, 0)]
    return -np.mean(sum(side * np.log(share) for side, share in zip(sides, shares) if side))


def _shifted_by(Z, of_rows, of_columns):
    sides = [(Z, of_rows), (Z.T, of_columns)]
    return sum(np.mean(np.log(np.exp(A - shift).sum(axis=1)) - (A - shift).diagonal()) for A, shift in sides) / 2


def _lose_wrongly(*, directions=_directions, cool=lambda Z, tau: Z / tau, lose=_both):
    """``symmetric_loss`` with one of its steps exchanged."""
    return lambda U, V, tau: lose(cool(directions(U) @ directions(V).T, tau))


def _batches(rng):
    simple = np.array([[2.0, 0.0], [0.0, 1.0]]), np.array([[1.0, 0.0], [3.0, 4.0]]), 0.5
    drawn = [(*(3 * rng.standard_normal((2, N, d))), tau) for N, d, tau in [(3, 4, 0.3), (5, 2, 2.0), (4, 3, 0.1)]]
    lengths = np.array([[1e-6], [1.0], [1e6]])
    U, V, tau = drawn[0]
    # The last three overflow without a shift: all pairs right, two of them exchanged, and rows and columns whose
    # largest logits are far from each other.
    cold = [(np.eye(3), np.eye(3)[order] + 0.1, 1e-3) for order in ([0, 1, 2], [0, 2, 1])]
    far = (np.eye(2), np.array([[0.0, 1.0], [0.0, -2.0]]), 1e-3)
    return [simple, *drawn, (U * lengths, V * lengths[::-1], tau), (U[:1], V[:1], tau), *cold, far]


def embedding_gradients(G, U, V, tau):
    """The gradients with respect to the embeddings of both sides.

    G is the gradient with respect to the logits, of shape (N, N); the
    logits are the cosines over the temperature tau. U and V have shape
    (N, d) and rows of any length. Return (grad_U, grad_V).
    """
    lengths_U = np.linalg.norm(U, axis=1, keepdims=True)
    lengths_V = np.linalg.norm(V, axis=1, keepdims=True)
    U_hat, V_hat = U / lengths_U, V / lengths_V
    grad_U, grad_V = G @ V_hat / tau, G.T @ U_hat / tau
    grad_U = grad_U - (grad_U * U_hat).sum(axis=1, keepdims=True) * U_hat
    grad_V = grad_V - (grad_V * V_hat).sum(axis=1, keepdims=True) * V_hat
    return grad_U / lengths_U, grad_V / lengths_V


def _along(grad, direction):
    return (grad * direction).sum(axis=1, keepdims=True) * direction


def _pull_wrongly(
    *,
    partner=_directions,
    turn=lambda G: G.T,
    cool=lambda grad, tau: grad / tau,
    project=lambda grad, A: grad - _along(grad, _directions(A)),
    shorten=lambda grad, A: grad / np.linalg.norm(A, axis=1, keepdims=True),
):
    """``embedding_gradients`` with one of its rules exchanged."""

    def wrong(G, U, V, tau):
        def pull(grad, A):
            return shorten(project(cool(grad, tau), A), A)

        return pull(G @ partner(V), U), pull(turn(G) @ partner(U), V)

    return wrong


def _lengths_of_the_partners(G, U, V, tau):
    lengths_U, lengths_V = (np.linalg.norm(A, axis=1, keepdims=True) for A in (U, V))
    grad_U, grad_V = embedding_gradients(G, U, V, tau)
    return grad_U * lengths_U / lengths_V, grad_V * lengths_V / lengths_U


def _own_side(G, U, V, tau):
    def pull(grad, A):
        return (grad - _along(grad, _directions(A))) / np.linalg.norm(A, axis=1, keepdims=True) / tau

    return pull(G @ _directions(U), U), pull(G.T @ _directions(V), V)


def _logit_gradients(rng):
    inputs = [(np.array([[2.0]]), np.array([[3.0, 4.0]]), np.array([[2.0, 0.0]]), 0.5)]
    for N, d, tau in [(2, 2, 0.5), (3, 3, 1.0), (3, 1, 0.5), (4, 3, 0.2), (3, 5, 2.0)]:
        U, V = 2 * rng.standard_normal((2, N, d))
        inputs.append((rng.standard_normal((N, N)), U, V, tau))
    return inputs


def _equal_captions(rng):
    """Every caption occurs equally often, and the other cosines are less than 1, some of them negative."""
    k, different = (int(number) for number in rng.integers(1, 6, 2))
    return {"N": k * different, "k": k, "c": rng.uniform(-0.95, 0.95), "tau": rng.uniform(0.05, 2)}


def loss_with_copies(N, k, c, tau):
    return sp.log(k + (N - k) * sp.exp((c - 1) / tau))


def cost_of_knowing_nothing():
    """The loss of a batch of 64 whose cosines are all equal, over that of a batch of 8."""
    from dlmath import contrastive

    losses = [contrastive.clip_loss(np.ones((n, 3)), np.ones((n, 3)), 0.1) for n in (64, 8)]
    return float(losses[0] / losses[1])


chapter = Chapter(
    name="forward/contrastive-loss",
    title="Contrastive loss",
    exercises=[
        Prediction(
            name="eight-times-the-batch",
            title="Predict: eight times the batch",
            question=(
                "Two towers know nothing: all their cosines are equal. How many times as large is their loss in a "
                "batch of 64 as in a batch of 8?"
            ),
            solution=cost_of_knowing_nothing,
            why=(
                "To know nothing costs $\\log N$, and $\\log 64 = 2\\log 8$. The dashed lines in the figure of the "
                "lowest loss are these costs: equally far apart for batches that grow by a factor."
            ),
            mistakes=[
                Mistake("The right partner is one of eight times as many, but the loss is a logarithm.", lambda: 8.0),
                Mistake("A mean does not grow with the number of its terms. But here each term does.", lambda: 1.0),
                Mistake("This is by how much it grows in nats. How many times as large is it?", lambda: 2.0794),
            ],
        ),
        Derivation(
            name="loss-with-copies",
            title="Many pictures, one caption",
            statement=(
                "In a batch of $N$ pairs every caption occurs $k$ times. Captions that are equal, and the pictures "
                "that belong to them, all have the cosine 1 with each other; all other cosines of a picture and a "
                "caption are $c < 1$. Derive the loss at the temperature $\\tau$. Only one caption counts as the right "
                "one for a picture: the one it came with."
            ),
            given=(
                "import sympy as sp\n\n"
                'N, k = sp.symbols("N k", integer=True, positive=True)\n'
                'c, tau = sp.Symbol("c", real=True), sp.Symbol("tau", positive=True)'
            ),
            solution=loss_with_copies,
            values=_equal_captions,
            mistakes=[
                Mistake(
                    "This is the loss without copies. How many logits of a row are as large as the right one?",
                    lambda N, k, c, tau: sp.log(1 + (N - 1) * sp.exp((c - 1) / tau)),
                ),
                Mistake(
                    "The copies are counted among the different ones as well: a row has $N$ logits.",
                    lambda N, k, c, tau: sp.log(k + N * sp.exp((c - 1) / tau)),
                ),
                Mistake(
                    "A copy counts as right here. The loss takes the one that the picture came with, and no other.",
                    lambda N, k, c, tau: sp.log(1 + (N - k) / k * sp.exp((c - 1) / tau)),
                ),
                Mistake(
                    "This is the limit of a temperature near zero. What do the $N - k$ other captions add?",
                    lambda N, k, c, tau: sp.log(k),
                ),
                Mistake(
                    "The difference of the cosines has the wrong sign: a wrong caption adds less than a right one.",
                    lambda N, k, c, tau: sp.log(k + (N - k) * sp.exp((1 - c) / tau)),
                ),
                Mistake(
                    "Only the difference of the two cosines counts. Here the right one is left out.",
                    lambda N, k, c, tau: sp.log(k + (N - k) * sp.exp(c / tau)),
                ),
                Mistake(
                    "The cosines are multiplied by the temperature.",
                    lambda N, k, c, tau: sp.log(k + (N - k) * sp.exp((c - 1) * tau)),
                ),
                Mistake(
                    "There is no temperature.",
                    lambda N, k, c, tau: sp.log(k + (N - k) * sp.exp(c - 1)),
                ),
                Mistake(
                    "The copies are not among the others: the right one and its copies are $k$, not $k + 1$.",
                    lambda N, k, c, tau: sp.log(k + 1 + (N - k - 1) * sp.exp((c - 1) / tau)),
                ),
                Mistake(
                    "The sign of the logarithm is turned: a loss is not negative.",
                    lambda N, k, c, tau: -sp.log(k + (N - k) * sp.exp((c - 1) / tau)),
                ),
                Mistake(
                    "This is the sum of the exponentials as shares of the right one. The loss is its logarithm.",
                    lambda N, k, c, tau: k + (N - k) * sp.exp((c - 1) / tau),
                ),
                Mistake(
                    "The right logit is not taken away: the loss is minus the logarithm of a quotient.",
                    lambda N, k, c, tau: sp.log(k * sp.exp(1 / tau) + (N - k) * sp.exp(c / tau)),
                ),
                Mistake(
                    "The copies are left out of the sum. They compete with the right one like all others.",
                    lambda N, k, c, tau: sp.log(1 + (N - k) * sp.exp((c - 1) / tau)),
                ),
                Mistake(
                    "The $N - k$ other captions are not counted: one of them stands for all.",
                    lambda N, k, c, tau: sp.log(k + sp.exp((c - 1) / tau)),
                ),
                Mistake(
                    "The two directions are added. They are equal here, and so is their mean.",
                    lambda N, k, c, tau: 2 * sp.log(k + (N - k) * sp.exp((c - 1) / tau)),
                ),
                Mistake(
                    "The pairs are added. The loss is their mean.",
                    lambda N, k, c, tau: N * sp.log(k + (N - k) * sp.exp((c - 1) / tau)),
                ),
            ],
        ),
        Coding(
            name="symmetric-contrastive-loss",
            title="The loss in both directions",
            statement=(
                "Write the symmetric contrastive loss over cosine similarities. It must stay finite at a temperature "
                "of one thousandth, and NumPy has nothing to warn about."
            ),
            solution=symmetric_loss,
            inputs=_batches,
            mistakes=[
                Mistake(
                    "The embeddings are not normalised: a cosine does not change if a vector is made longer.",
                    _lose_wrongly(directions=lambda A: A),
                ),
                Mistake(
                    "The columns of the embeddings are normalised. Which axis belongs to one embedding?",
                    _lose_wrongly(directions=lambda A: A / np.linalg.norm(A, axis=0, keepdims=True)),
                ),
                Mistake(
                    "The cosines are multiplied by the temperature.",
                    _lose_wrongly(cool=lambda Z, tau: Z * tau),
                ),
                Mistake("There is no temperature.", _lose_wrongly(cool=lambda Z, tau: Z)),
                Mistake(
                    "This looks from $\\mathbf U$ to $\\mathbf V$ only. Who looks the other way?",
                    _lose_wrongly(lose=lambda Z: np.mean(_cross_entropies(Z))),
                ),
                Mistake(
                    "This looks from $\\mathbf V$ to $\\mathbf U$ only. Who looks the other way?",
                    _lose_wrongly(lose=lambda Z: np.mean(_cross_entropies(Z.T))),
                ),
                Mistake(
                    "The two directions are added. The loss is their mean.",
                    _lose_wrongly(lose=lambda Z: 2 * _both(Z)),
                ),
                Mistake(
                    "The pairs are added. The loss is their mean.",
                    _lose_wrongly(lose=lambda Z: len(Z) * _both(Z)),
                ),
                Mistake(
                    "This is minus the mean of the right logits. The logarithms of the sums are missing.",
                    _lose_wrongly(lose=lambda Z: -Z.diagonal().mean()),
                ),
                Mistake(
                    "The right logits are not taken away: these are the logarithms of the sums alone.",
                    _lose_wrongly(
                        lose=lambda Z: np.mean(_cross_entropies(Z) + _cross_entropies(Z.T)) / 2 + np.trace(Z) / len(Z)
                    ),
                ),
                Mistake(
                    "The sign of the loss is turned.",
                    _lose_wrongly(lose=lambda Z: -_both(Z)),
                ),
                Mistake(
                    "The embeddings of the one side only are normalised, those of $\\mathbf U$.",
                    lambda U, V, tau: _both(_directions(U) @ V.T / tau),
                ),
                Mistake(
                    "The embeddings of the one side only are normalised, those of $\\mathbf V$.",
                    lambda U, V, tau: _both(U @ _directions(V).T / tau),
                ),
                Mistake(
                    "The embeddings are divided by the squares of their lengths.",
                    _lose_wrongly(directions=lambda A: A / (A**2).sum(axis=1, keepdims=True)),
                ),
                Mistake(
                    "The embeddings are divided by the length of the whole matrix. Each has a length of its own.",
                    _lose_wrongly(directions=lambda A: A / np.linalg.norm(A)),
                ),
                Mistake(
                    "The cosines are divided by the root of the temperature.",
                    _lose_wrongly(cool=lambda Z, tau: Z / np.sqrt(tau)),
                ),
                Mistake(
                    "The loss of each pair is returned. Asked is their mean.",
                    _lose_wrongly(lose=lambda Z: (_cross_entropies(Z) + _cross_entropies(Z.T)) / 2),
                ),
                *(
                    Mistake(f"{hint} And at a low temperature the exponentials overflow.", wrong)
                    for hint, wrong in [
                        (
                            "Only one direction is there, from $\\mathbf U$ to $\\mathbf V$.",
                            _lose_wrongly(lose=lambda Z: _overflowing(Z, sides=(1, 0))),
                        ),
                        (
                            "Only one direction is there, from $\\mathbf V$ to $\\mathbf U$.",
                            _lose_wrongly(lose=lambda Z: _overflowing(Z, sides=(0, 1))),
                        ),
                        ("The two directions are added.", _lose_wrongly(lose=lambda Z: 2 * _overflowing(Z))),
                        ("The pairs are added, not averaged.", _lose_wrongly(lose=lambda Z: len(Z) * _overflowing(Z))),
                    ]
                ),
                Mistake(
                    "The largest of *all* logits is subtracted. At a low temperature all exponentials of a row can "
                    "vanish: what is the largest of its own?",
                    _lose_wrongly(lose=lambda Z: _shifted_by(Z, Z.max(), Z.max())),
                ),
                Mistake(
                    "What is subtracted from a row is the largest of a column, and the other way round. At a low "
                    "temperature all exponentials of a row can vanish.",
                    _lose_wrongly(lose=lambda Z: _shifted_by(Z, Z.max(axis=0)[:, None], Z.max(axis=1)[:, None])),
                ),
                Mistake(
                    "The softmax runs over the whole matrix. A row competes with itself only, and so does a column.",
                    _lose_wrongly(lose=_over_the_whole_matrix),
                ),
                Mistake(
                    "The right partner is missing from the sum below the fraction.",
                    _lose_wrongly(lose=_others_only),
                ),
                Mistake(
                    "At a low temperature the exponentials overflow. What may be subtracted from all logits of a row?",
                    _lose_wrongly(lose=_overflowing),
                ),
                Mistake(
                    "The one side is compared with itself. Its partners are the other side.",
                    lambda U, V, tau: symmetric_loss(U, U, tau),
                ),
                Mistake(
                    "The sums of exponentials overflow at a low temperature. "
                    "What may be subtracted from all logits of a row before?",
                    _lose_wrongly(lose=lambda Z: _shifted_by(Z, 0, 0)),
                ),
                Mistake(
                    "The largest logit of each row is taken for the right one. The right one is that of the partner.",
                    _lose_wrongly(lose=lambda Z: _both(Z) + np.mean(Z.diagonal() - Z.max(axis=1))),
                ),
                Mistake(
                    "The two directions have opposite signs. Both cost.",
                    _lose_wrongly(lose=lambda Z: np.mean(_cross_entropies(Z.T) - _cross_entropies(Z)) / 2),
                ),
            ],
            points=3,
        ),
        Coding(
            name="embedding-gradients",
            title="Back to the embeddings",
            statement=(
                "Given the gradient $\\mathbf G = \\partial L/\\partial\\mathbf Z$ with respect to the logits, return "
                "the gradients with respect to the embeddings, which are not normalised yet."
            ),
            solution=embedding_gradients,
            inputs=_logit_gradients,
            returns=("grad_U", "grad_V"),
            mistakes=[
                Mistake(
                    "The part along the embedding is still there. What does the loss do if a vector is made longer?",
                    _pull_wrongly(project=lambda grad, A: grad),
                ),
                Mistake(
                    "This is the part *along* the embedding. What is left without it?",
                    _pull_wrongly(project=lambda grad, A: _along(grad, _directions(A))),
                ),
                Mistake(
                    "The projection is made with the embedding instead of its direction: twice it is not the same.",
                    _pull_wrongly(project=lambda grad, A: grad - _along(grad, A)),
                ),
                Mistake(
                    "A long embedding turns slowly. By what is its gradient divided?",
                    _pull_wrongly(shorten=lambda grad, A: grad),
                ),
                Mistake(
                    "The gradient is multiplied by the length. A long embedding turns slowly.",
                    _pull_wrongly(shorten=lambda grad, A: grad * np.linalg.norm(A, axis=1, keepdims=True)),
                ),
                Mistake(
                    "The logits are cosines over a temperature. Backward it is missing.",
                    _pull_wrongly(cool=lambda grad, tau: grad),
                ),
                Mistake(
                    "The gradient is multiplied by the temperature.",
                    _pull_wrongly(cool=lambda grad, tau: grad * tau),
                ),
                Mistake(
                    "For $\\mathbf V$ the matrix stands the wrong way round: a text collects from its column.",
                    _pull_wrongly(turn=lambda G: G),
                ),
                Mistake(
                    "The part along the embedding is added. It should be taken out.",
                    _pull_wrongly(project=lambda grad, A: grad + _along(grad, _directions(A))),
                ),
                Mistake(
                    "The gradient is divided by the square of the length. Twice as long turns how much slower?",
                    _pull_wrongly(shorten=lambda grad, A: grad / (A**2).sum(axis=1, keepdims=True)),
                ),
                Mistake(
                    "The lengths are those of the partners. A gradient is divided by the length of its own embedding.",
                    _lengths_of_the_partners,
                ),
                Mistake(
                    "The temperature is there twice.",
                    _pull_wrongly(cool=lambda grad, tau: grad / tau**2),
                ),
                Mistake(
                    "The normalisation is passed over: these are the gradients with respect to the directions.",
                    _pull_wrongly(project=lambda grad, A: grad, shorten=lambda grad, A: grad),
                ),
                Mistake(
                    "The normalisation is passed over, forward and backward.",
                    _pull_wrongly(partner=lambda A: A, project=lambda grad, A: grad, shorten=lambda grad, A: grad),
                ),
                Mistake(
                    "The gradients of $\\mathbf U$ and of $\\mathbf V$ are exchanged.",
                    lambda *arguments: embedding_gradients(*arguments)[::-1],
                ),
                Mistake(
                    "An embedding is pulled by its own side. Its logits are with the partners.",
                    _own_side,
                ),
                Mistake(
                    "The part along the embedding is taken over columns. One embedding is a row.",
                    _pull_wrongly(project=lambda grad, A: grad - (grad * _directions(A)).sum(axis=0) * _directions(A)),
                ),
                Mistake(
                    "The partners enter with their lengths. The cosine has their directions.",
                    _pull_wrongly(partner=lambda A: A),
                ),
                Mistake(
                    "Both signs are turned, and nothing else.",
                    lambda *arguments: tuple(-grad for grad in embedding_gradients(*arguments)),
                ),
                Mistake(
                    "Both are divided by the number of pairs. The mean of the loss is in $\\mathbf G$ already.",
                    lambda *arguments: tuple(grad / len(grad) for grad in embedding_gradients(*arguments)),
                ),
            ],
            points=3,
        ),
    ],
    quiz=[
        Question(
            "After an hour of training, an encoder gives every image the same embedding. The batch has 64 pairs. "
            "What do the rows cost, on average, at $\\tau = 0.07$?",
            right=(
                "At least $\\log 64$.",
                "All rows are equal, so what they give to the 64 right texts adds up to 1, and the mean of "
                "$-\\log p$ is lowest if all are $\\tfrac1{64}$.",
            ),
            wrong={
                "0, because all images agree.": "They agree on which text? Each of the 64 is right for one of them.",
                "$\\log 64/0.07$.": "The temperature divides the logits, not the loss.",
                "$\\log 2$.": "There are 64 texts to choose from.",
            },
        ),
        Question(
            "All image embeddings are made ten times as long. What happens to the loss, and to their gradient?",
            right=(
                "The loss stays; the gradient is a tenth.",
                "Only directions count, and a long vector must be moved farther to turn as much.",
            ),
            wrong={
                "The loss falls; the gradient stays.": "The cosines do not change.",
                "Both stay.": "Move a long vector by as much as a short one: which of them turns farther?",
                "The loss stays; the gradient is ten times as large.": "The Jacobian has the length below the line.",
            },
        ),
        Question(
            "A batch of 1000 pairs has a loss of 0.9 nats, on average over many batches. "
            "What is proved about the mutual information of the two sides?",
            right=("It is at least 6.0 nats.", "$\\log 1000 - 0.9 \\approx 6.0$."),
            wrong={
                "It is 6.0 nats.": "The bound is not the value. With another score or a larger batch it may be higher.",
                "It is at most 6.9 nats.": "$\\log N$ limits what can be proved, not what is there.",
                "It is at least 0.9 nats.": "A *lower* loss proves more.",
            },
        ),
        Question(
            "Every image finds its text, every text its image, and the loss is 1.2. "
            "In which direction does gradient descent move the temperature?",
            right=(
                "Down.",
                "Each right logit is the largest of its row and of its column. A larger scale widens every lead.",
            ),
            wrong={
                "Up.": "That would bring all probabilities closer to $1/N$.",
                "It stays: all pairs are found.": "Accuracy does not see the temperature; the loss does.",
                "That depends on the size of the batch.": "Every row alone says the same.",
            },
        ),
        Question(
            "One adds the number 5 to the whole third row of the logits. What changes?",
            right=(
                "The cost of the columns.",
                "Image 3 now looks good to every text. Its own row has lost nothing by it.",
            ),
            wrong={
                "The cost of the third row.": "A softmax does not see a constant that is added to all it has.",
                "Nothing.": "For the columns it is one entry each that has grown.",
                "The cost of the third row and of the columns.": "Row 3 has the same differences as before.",
            },
        ),
    ],
)
