"""Helpers for the course *Prompt Engineering vs Fine-Tuning*: one module per idea.

Importing this package does no work: torch and transformers load with the modules that need them.
"""

__version__ = "0.1.0"
