"""Observations of every run -> the reports that panes show. Part of the supervisor; runs on the video thread."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from weakref import WeakKeyDictionary

from app.model.camera import StreamRole
from app.model.pane import NO_REPORT, PaneReport, Saving
from app.video.board import StreamTold, behind_s
from app.video.casting import FAR_S, KEYS_S, PACE_S
from app.video.freshness import Limits, Observation, judge
from app.video.line import Line
from app.video.view import Run, View

DECODED_S = 0.5             # a picture may follow its packet by so much: caching and a busy machine
DISPLAY_S = 0.045           # decoding, libVLC's hand-overs and the screen tick, beside its caching: measured, video.md
DELAY_LOOKS = 4             # libVLC's counters lag by up to 0.35 s: the least of so many looks is near the truth
SLOW_S = 0.5                # spacing of pictures from which on ...
NEXT_DUE = 1.5              # ... a packet counts as behind only when the next one is overdue by half
STALE_NS = 1_200_000_000    # counters that stood still so long are the news themselves


class Reporter:
    """Keeps what is needed between two looks."""

    def __init__(self, limits: Limits, caching_s: float) -> None:
        self.limits = limits
        self._after_demuxer = caching_s + DISPLAY_S
        self._delays: WeakKeyDictionary[View, deque[tuple[int, float]]] = WeakKeyDictionary()

    def report(self, runs: Iterable[Run], now: float) -> Mapping[str, PaneReport]:
        """The truth about all runs at ``now`` (monotonic seconds)."""
        wall_offset = time.time() - time.monotonic()
        return MappingProxyType({run.key: self._one(run, now, wall_offset) for run in runs})

    def _one(self, run: Run, now: float, wall_offset: float) -> PaneReport:
        line, view = run.showing, run.current
        if line is None:
            return NO_REPORT
        row = line.row
        seen = self.observe(run, line, row, now)
        judged = judge(seen, now, self.limits)
        # A silent camera leaves its last bytes untaken: that is no delay, and its old pictures must not play again.
        behind = seen.delay > self.limits.late and now - seen.packet < self.limits.late
        run.behind_since = (run.behind_since or now) if behind else 0.0
        if view is not None and seen.interval < FAR_S and now - view.started > PACE_S:
            run.lag.look(seen.delay, now, calm=view.settling)
        return PaneReport(
            state=judged.state, age=judged.age, cause=judged.cause,
            retry_in=max(0.0, line.retry_at - now) if line.retry_at is not None else None,
            last_picture=seen.picture + wall_offset if seen.picture else None,
            stream=view.shape.role if view is not None else line.profile.role,
            width=line.width, height=line.height, fps=run.rate(now), delay=seen.delay,
            dropped=row.dropped if row is not None else 0, saving=self._saving(run, view),
        )

    def _saving(self, run: Run, view: View | None) -> Saving:
        """What the pane gives up: pictures before size."""
        if view is None or view.saving is not Saving.NONE:
            return view.saving if view is not None else Saving.NONE
        return Saving.SUB if run.saves_size and view.shape.role is StreamRole.SUB else Saving.NONE

    def observe(self, run: Run, line: Line, row: StreamTold | None, now: float) -> Observation:
        """Everything that is known about a run; ``row``: the record of ``line``."""
        view = run.current
        changed_ns = view.block.slot(view.slot)[6] if view is not None else 0
        seen = line.observe(run.asked, row)
        picture = changed_ns / 1e9
        if seen.packet:     # a new player begins with pictures that came long ago: none is newer than the newest packet
            picture = min(picture, seen.packet + DECODED_S)
        seen.picture = picture
        if view is not None and (view.saving is Saving.KEYS or now < view.keys_until):
            seen.interval = max(seen.interval, line.key_interval or KEYS_S)     # that is how often its pictures come
        seen.decoder_cause = view.host.down_cause if view is not None and view.dead else ""
        if line.host is None:
            seen.decoder_cause = seen.decoder_cause or "worker"     # its ingest worker is being started, or rests
        seen.delay = self._delay(view, now)
        if seen.interval > SLOW_S and seen.delay <= self._after_demuxer + NEXT_DUE * seen.interval:
            seen.delay = self._after_demuxer    # libVLC counts a packet when the next one comes: that one is not due
        seen.decoding = run.want.visible and run.hidden_since is None
        seen.in_sight = run.in_sight
        return seen

    def _delay(self, view: View | None, now: float) -> float:
        """Seconds from arrival to the screen: the oldest packet that libVLC has not taken, and what follows after."""
        if view is None or view.dead or view.stopping:
            return 0.0
        record = view.ingest.feeds[view.feed_record]
        taken, counted_ns = view.block.counters(view.slot)
        if int(record["number"]) != view.feed or not taken:
            return 0.0
        now_ns = int(now * 1e9)
        if now_ns - counted_ns > STALE_NS:
            return behind_s(record, taken, now_ns) + self._after_demuxer      # it takes nothing any more
        looks = self._delays.setdefault(view, deque(maxlen=DELAY_LOOKS))
        if not looks or looks[-1][0] != counted_ns:
            looks.append((counted_ns, behind_s(record, taken, counted_ns)))
        return min(late for _, late in looks) + self._after_demuxer
