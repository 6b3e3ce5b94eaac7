"""nbgrader's configuration, read by the stock nbgrader commands, by the formgrader and by `course`."""

c = get_config()  # noqa: F821  (nbgrader defines it)

c.CourseDirectory.course_id = "prompt-vs-finetune"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
# Whatever is not a notebook would be copied into the release, the lesson's source with its solutions included.
c.CourseDirectory.ignore = ["*.py", "*.md", ".ipynb_checkpoints", "__pycache__", "*.pyc"]

# Long demonstrations run for the student, not for the grader.
c.NotebookClient.skip_cells_with_tag = "demo"
c.ExecutePreprocessor.timeout = 60
# The kernel's own warnings are about networks, and would fill an instructor's screen for every submission.
c.Execute.extra_arguments = ["--HistoryManager.hist_file=:memory:", "--IPKernelApp.log_level=ERROR"]

# A deleted or edited test cell comes back before grading.
c.OverwriteCells.add_missing_cells = True
# No stack trace of a test's code in a student's feedback, and no hidden test either.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
