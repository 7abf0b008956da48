"""A camera's clips: written in one pass where its segments allow it, else packet by packet with libav.

Runs on: a worker thread or process.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from app.evidence import boxes, files, onvif_seal
from app.evidence.archive import Draft
from app.evidence.boxes import Facts
from app.evidence.copied import Copied
from app.evidence.copying import Copier
from app.evidence.laying import Layer
from app.evidence.manifest import Entry
from app.evidence.onvif_seal import Sign
from app.evidence.planning import Planner
from app.evidence.tables import Odd
from app.model.clip import Segment

_log = logging.getLogger("lawang.recording")


@dataclass(frozen=True, slots=True)
class Clips:
    """``entries``: name -> file as the manifest lists it. ``hashes``: path of a segment -> its hash, "" if unreadable.

    ``packed``: they lie in the ZIP already.
    """

    copied: Copied
    entries: Mapping[str, Entry]
    hashes: Mapping[str, str]
    packed: bool


class Maker:
    """Makes clips of ``t0`` to ``t1``. ``looked`` is told bytes done and may raise, ``advanced`` only told.

    ``sign``: a clip's SHA-256 -> the signature in its seal.
    """

    def __init__(self, t0: int, t1: int, *, stopped: Callable[[], bool], looked: Callable[[int], None],
                 advanced: Callable[[int], None], sign: Sign) -> None:
        self._t0, self._t1 = t0, t1
        self._stopped, self._looked, self._advanced = stopped, looked, advanced
        self._sign = sign

    def make(self, segments: Sequence[Segment], name: Callable[[int], Path], facts: Callable[[int], Facts],
             draft: Draft | None) -> Clips:
        """``name``: number of a clip, from 0 -> its file; ``facts``: start of a clip -> what its boxes say.

        ``draft``: the ZIP that gets them too; what is in it is of no use when ``packed`` is not said in the end. Raises
        OSError, av.error.FFmpegError, Stopped.
        """
        planner = Planner(self._t0, self._t1, name, stopped=self._stopped)
        try:
            copied = planner.run(segments)
            laid = Layer(planner, copied.parts, facts, draft, self._looked, self._sign).run(segments)
        except Odd as odd:
            _log.info("a camera's pictures are copied one by one: %s", odd)
            for plan in planner.plans:
                plan.path.unlink(missing_ok=True)
            return self._one_by_one(segments, name, facts)
        return Clips(copied, laid.entries, laid.hashes, draft is not None)

    def _one_by_one(self, segments: Sequence[Segment], name: Callable[[int], Path],
                    facts: Callable[[int], Facts]) -> Clips:
        # Hashing lets go of the interpreter: beside the copying it costs no time on a second core, and the disk is
        # read once.
        with ThreadPoolExecutor(1, "export-hash") as beside:
            hashing = beside.submit(lambda: {str(segment.path): self._hash(segment) for segment in segments})
            copied = Copier(self._t0, self._t1, name, stopped=self._stopped, advanced=self._advanced).run(segments)
            hashes = hashing.result()
        made = {}
        for part in copied.parts:
            boxes.append(part.path, facts(part.start))
            made[part.path.name] = onvif_seal.fill(part.path, self._sign)
        return Clips(copied, made, hashes, False)

    def _hash(self, segment: Segment) -> str:
        try:
            return files.sha256(segment.path, self._looked)
        except OSError:
            return ""               # the copier names it as unreadable
