"""Joins the video room, which tries the logins of streams, and the register, which remembers those that were refused.

Runs on: made on the main thread before anything is shown, which waits once for what is remembered; later the video
thread tells and the registry's thread answers, and nobody waits.
"""

from __future__ import annotations

import queue
from collections.abc import Mapping

from app.model.refused import RefusedStream
from app.model.secret import Credentials
from app.registry.lane import Outcome, RegistryLane
from app.registry.registry import Registry
from app.video.supervisor import VideoEngine

ANSWER_S = 30.0             # as long as another program may hold the file, and much more

type Kept = Mapping[str, tuple[Credentials, RefusedStream]]


class RefusedStreams:
    """Two tries for a login, whatever program of whatever day had them. Close it before the engine's registry."""

    def __init__(self, engine: VideoEngine, registry: RegistryLane) -> None:
        self._engine, self._registry = engine, registry
        answers: queue.Queue[Outcome[Kept]] = queue.Queue(1)
        if registry.submit(_read, answers.put):
            self._take(answers.get(timeout=ANSWER_S))
        engine.refused = self._note
        registry.tables_changed.connect(self._tables_changed)

    def close(self) -> None:
        """What is still told is kept; what others write is read no more."""
        self._registry.tables_changed.disconnect(self._tables_changed, missing_ok=True)

    def _note(self, camera: str, login: Credentials, told: RefusedStream) -> None:
        self._registry.submit(lambda registry: registry.refused_logins.note_stream(camera, login, told),
                              replaces=f"refused stream {camera}")

    def _tables_changed(self, tables: frozenset[str]) -> None:
        if "device_facts" in tables:
            self._registry.submit(_read, self._take, replaces="refused streams")

    def _take(self, outcome: Outcome[Kept]) -> None:
        if outcome.value is not None:
            self._engine.refused_before(outcome.value)


def _read(registry: Registry) -> Kept:
    return registry.refused_logins.streams()
