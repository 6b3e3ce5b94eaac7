"""Grading: one's own notebook (``self_check``), and a class of hundreds, hostile submissions included.

In reading order: ``collect`` finds what was handed in, ``mend`` makes an orderly notebook of it, ``sandbox`` and
``fork_server`` start processes that cannot reach anything, ``student`` runs the student's cells in one of them,
``judge`` runs the tests in another, ``values`` is all that passes between the two, ``batch`` does it for a class and
``record`` puts it into nbgrader's gradebook; ``feedback`` and ``export`` hand it back.
Why it is built this way: ``SECURITY.md`` in this folder.
"""
