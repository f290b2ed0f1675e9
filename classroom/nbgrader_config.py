# The settings of the course that classroom/generate.py writes.
c = get_config()  # noqa: F821 (nbgrader defines it)

c.CourseDirectory.course_id = "dlmath"

# What stands in the student's version in place of a solution.
c.ClearSolutions.code_stub = {"python": "..."}

# `check` stops a function that does not end. This stops a cell that does not, wherever its loop is.
c.ExecutePreprocessor.timeout = 30
c.ExecutePreprocessor.interrupt_on_timeout = True
