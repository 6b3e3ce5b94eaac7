"""A chat window in the notebook, to try an assistant by hand: what it says, on which route, and why."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from course_lib.adapters import NOT_FOR_PATIENTS
from course_lib.assistant import Assistant

if TYPE_CHECKING:
    from ipywidgets import VBox


def chat_window(assistant: Assistant) -> VBox:
    """A text field with the conversation above it. Enter sends; every message stands alone, as both assistants see it.

    A reader of the screen hears each new answer (``aria-live``); the route and its reason stand under it.
    """
    import ipywidgets as widgets

    notice = NOT_FOR_PATIENTS.replace("**", "") if assistant.config.job == "prediagnosis" else "An invented shop."
    lines: list[str] = []
    talk = widgets.HTML()
    field = widgets.Text(placeholder="Write as a customer would, then Enter", layout=widgets.Layout(width="80%"))
    field.continuous_update = False  # a change is a message only once Enter is pressed or the field is left
    send = widgets.Button(description="Send")

    def show() -> None:
        talk.value = f'<div role="log" aria-live="polite"><p><em>{html.escape(notice)}</em></p>{"".join(lines)}</div>'

    def say(_: object) -> None:
        message = field.value.strip()
        if not message:
            return
        field.value = ""
        answer = assistant.answer(message)
        lines.append(
            f"<p><b>You:</b> {html.escape(message)}</p><p><b>Assistant:</b> {html.escape(answer.text)}<br>"
            f"<small>route: {answer.route} ({html.escape(answer.reason)})</small></p>"
        )
        show()

    field.observe(say, names="value")
    send.on_click(say)
    show()
    return widgets.VBox([talk, widgets.HBox([field, send])])
