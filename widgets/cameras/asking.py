"""Asks the directory about cameras and brings the newest answer to the GUI thread.

Runs on: GUI thread; answers arrive from the finder's.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.registry.directory import CameraDirectory
from app.registry.search_answer import Answer, Question


class Asking(QObject):
    """``slot`` gets the answer to the last question asked; answers to older ones are dropped."""

    _arrived = Signal(object)

    def __init__(self, directory: CameraDirectory, slot: Callable[[Answer], object], parent: QObject) -> None:
        super().__init__(parent)
        self._directory, self._slot = directory, slot
        self._asked: Question | None = None
        self._key = f"{type(parent).__name__}-{id(self)}"
        self._arrived.connect(self._arrive)

    @property
    def waits(self) -> bool:
        """A question was asked and its answer is not there yet."""
        return self._asked is not None

    def ask(self, question: Question) -> None:
        self._asked = question
        self._directory.ask(self._key, question, self._carry)

    def forget(self) -> None:
        """No answer is wanted any more."""
        self._asked = None

    def _carry(self, answer: Answer) -> None:
        """On whichever thread answered: Qt queues it when that is not ours."""
        try:
            self._arrived.emit(answer)
        except RuntimeError:
            return          # the C++ half went with its parent meanwhile: nobody is left to tell

    def _arrive(self, answer: Answer) -> None:
        if answer.question is self._asked:
            self._asked = None
            self._slot(answer)
