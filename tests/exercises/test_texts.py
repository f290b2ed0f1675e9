"""What stands in the chapter of an exercise of each kind, and how exercises are found."""

import ast
from pathlib import Path

from dlmath.exercises.definition import Coding, Derivation, Ordering, Prediction, chapters, exercises, find


class TestTexts:
    """Letter by letter, of one exercise of each kind."""

    def test_of_a_function_to_write(self):
        def doubled(x):
            """Twice the number.

            Of any number.
            """
            y = x

            return x + y

        exercise = Coding("double", "Title", "Statement.", doubled, lambda rng: [(1,)], ())
        head = 'def doubled(x):\n    """Twice the number.\n\n    Of any number.\n    """'
        body = "    y = x\n\n    return x + y"
        assert exercise.answer == "doubled"
        assert exercise.head == head
        assert exercise.body == body
        assert exercise.stub == f"{head}\n    ..."
        assert exercise.solution_code == f"{head}\n{body}"

    def test_of_a_formula_to_derive(self):
        def slope(x, a):
            return (
                2 * a + x  # in two lines
            )

        given = "import sympy as sp\n\nx, a, unused = sp.symbols('x a unused')"
        exercise = Derivation("slope", "Title", "Statement.", given, slope, ())
        assert exercise.answer == "slope"
        assert ast.dump(ast.parse(exercise.expression)) == ast.dump(ast.parse("2 * a + x  # in two lines"))
        assert exercise.solution_code == f"{given}\n\nslope = {exercise.expression}"
        assert exercise.stub == f"{given}\n\nslope = ..."
        assert {name: (type(symbol).__name__, str(symbol)) for name, symbol in exercise.symbols().items()} == {
            "x": ("Symbol", "x"),
            "a": ("Symbol", "a"),
        }

    def test_of_lines_to_put_in_order(self):
        def mean(x):
            """The mean."""
            total = sum(x)
            n = len(x)
            return total / n

        extra = {"return total": "That is the sum.", "total = max(x)": "That is the maximum."}
        exercise = Ordering("order", "Title", "Statement.", mean, lambda rng: [([1, 2],)], {}, extra, points=3)
        right = ["total = sum(x)", "n = len(x)", "return total / n"]
        assert exercise.answer == "mean_order"
        assert exercise.right_lines == right
        assert sorted(exercise.lines) == sorted([*right, *extra])
        assert exercise.lines != [*right, *extra]
        numbers = ast.literal_eval(exercise.expression)
        assert [exercise.lines[number - 1] for number in numbers] == right
        first, *rest = exercise.given.splitlines()
        assert first == "# A list of the numbers of the lines, such as [3, 1, 2], makes"
        assert rest == ["# def mean(x):", *(f"#  {i + 1}  {line}" for i, line in enumerate(exercise.lines))]
        assert exercise.stub == f"{exercise.given}\n\nmean_order = ..."
        assert exercise.solution_code == f"mean_order = {exercise.expression}\n\n\n{exercise.coding.solution_code}"
        assert isinstance(exercise.coding, Coding)
        assert exercise.coding.solution([1, 2]) == 1.5
        assert exercise.coding.inputs(None) == [([1, 2],)]
        assert (exercise.coding.name, exercise.coding.title, exercise.coding.statement) == (
            "order",
            "Title",
            "Statement.",
        )
        assert (exercise.coding.mistakes, exercise.coding.returns, exercise.coding.points) == ((), (), 3)

    def test_of_lines_that_return_several_values(self):
        def two():
            """Two numbers."""
            return 1, 2

        exercise = Ordering("two", "Title", "Statement.", two, lambda rng: [()], {}, returns=("one", "other"))
        assert exercise.coding.returns == ("one", "other")

    def test_the_order_of_the_lines_looks_random(self):
        """Of all exercises: were it the right order or its reverse, it would be told."""
        orders = [ast.literal_eval(each.expression) for each in exercises().values() if isinstance(each, Ordering)]
        assert sum(order == sorted(order) for order in orders) < len(orders) / 2
        assert sum(order == sorted(order, reverse=True) for order in orders) < len(orders) / 2

    def test_of_a_number_to_predict(self):
        def share():
            return 1 / 3

        exercise = Prediction("share", "Title", "How much?", share, "Why.", ())
        assert exercise.answer == "share"
        assert exercise.statement == "How much?"
        assert exercise.given == "# a number, to 2%"
        assert exercise.expression == "0.3333"
        assert exercise.stub == "# a number, to 2%\nshare = ..."
        assert exercise.solution_code == "def share():\n    return 1 / 3\n\n\nshare = share()"
        assert Prediction("share", "Title", "How much?", share, "Why.", (), within=0).given == "# a number"

    def test_of_a_choice_to_predict(self):
        def which():
            return "B"

        choices = {"A": "The first.", "B": "The second."}
        exercise = Prediction("which", "Title", "Which?", which, "Why.", (), choices)
        assert exercise.statement == "Which?\n\n**A** The first.\n\n**B** The second."
        assert exercise.given == '# one of "A", "B"'
        assert exercise.expression == '"B"'


def test_an_exercise_is_found_by_its_name_alone():
    for name, exercise in exercises().items():
        found = find(name)
        assert type(found) is type(exercise)
        assert (found.name, found.title) == (name, exercise.title)
    for name in ("", "mse", "MSE-gradient", "no-such-exercise", "title", "math/loss"):
        assert find(name) is None


def test_every_chapter_goes_by_its_own_name():
    assert {name: chapter.name for name, chapter in chapters().items()} == {name: name for name in chapters()}
    root = Path(__file__).parents[2] / "chapters"
    assert all((root / f"{name}.ipynb").exists() for name in chapters())
