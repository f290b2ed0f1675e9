"""The exercises of the book: one module per chapter, with statements, solutions, usual mistakes and the quiz.

What an exercise is, and the checker that judges an answer, are in ``dlmath.exercises``. Every module here defines
``chapter``, and is found by that.
"""
