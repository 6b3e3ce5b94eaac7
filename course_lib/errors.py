"""The one exception that the course raises on purpose for a problem the reader can mend."""

from __future__ import annotations


class CourseError(Exception):
    """A problem with its remedy, in words for the person at the keyboard; never shown as a traceback."""
