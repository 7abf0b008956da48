"""Which player shows which run, in which decoder worker, at what size. Part of the supervisor.

Runs on: the video thread only, except ``screens``, a tuple that the GUI thread reads.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from app.model.camera import StreamRole
from app.model.pane import Saving, StreamWish
from app.model.turning import sides
from app.video import hardware, messages
from app.video.choice import CROWD
from app.video.economy import Level, saving_of, sub_only
from app.video.fitting import fits, lines_for, offer_of, room_for, shape_for
from app.video.hosts import PANES_PER_DECODER, DecoderHost, Post
from app.video.hub import SLOW_TICKS
from app.video.line import Line, Phase
from app.video.pulling import Pulling, close_all
from app.video.quarantine import Quarantine
from app.video.stamps import TICKS_PER_S
from app.video.view import Run, Shape, View, by_board

_log = logging.getLogger("lawang.video")

FIRST_PICTURE_S = 8.0           # a player that has shown nothing by then is given up
AGAIN_S = (0.0, 1.0, 2.0, 5.0, 10.0, 30.0)      # wait before the next player of a run after so many failures
HIDE_S = 2.0                    # a pane that is covered keeps its player so long: one-pane-alone and back is instant
BEHIND_TICKS_S = 0.8            # behind for this long, and the player starts again at the newest key picture
RESYNC_EVERY_S = 5.0          # doubled each time up to 16 times that: each costs a whole group of pictures to decode
MOST_CACHING_MS = 100           # with so many players that a picture often waits for the processor ...
CROWD_MS = 1.5                  # ... reached by so much for each player beyond a crowd
CALM_S = 0.7                    # without a start that was asked for, before players are settled
RESETTLE_S = 300.0              # libVLC's delay only grows, with each hiccup of the machine: a new player now and then
FAR_S = SLOW_TICKS / TICKS_PER_S    # between pictures: no delay of such a camera is seen, and it may be a whole picture
RESETTLE_FAR_S = 30.0           # ... until then
SETTLING_AT_ONCE = 16           # most of their time they wait for a key picture ...
PACE_S = 3.0                    # a player that has just begun loses pictures for other reasons than the machine's
KEYS_S = 4.0                    # between key pictures, while it is not known
RARE_KEYS_S = 5.0               # key pictures further apart are not enough to show alone
KEYS_ON = 1.5                   # so many of their intervals may pass before pictures come as usual again
ENDING_AT_ONCE = 16             # players of one worker that libVLC still takes down: a hurry waits here, for no board
SETTLING_A_TICK = 4             # ... but making a player costs 20 ms of a core


class Casting:
    """Players come and go so that each pane has the right one, without a black moment between."""

    def __init__(self, folder: str, post: Post, pulling: Pulling, *, caching_ms: int, decode_with: str,
                 portable_feed: bool) -> None:
        self.hosts: list[DecoderHost] = []
        self.level = Level.FULL                     # what the machine cannot follow is left out, see app.video.economy
        self.screens: tuple[tuple[Any, tuple[View, ...]], ...] = ()
        self._folder = folder
        self._post = post
        self._pulling = pulling
        self._caching_ms = caching_ms
        self._hardware = decode_with
        self._portable = portable_feed or os.name != "posix"
        self._views: dict[int, View] = {}           # by feed number; a view lives until its worker says Hidden
        self._feeds = 0
        self._panes = 0                             # open runs: with many, new ones begin on the sub stream
        self._last_asked = 0.0                      # when a player was last started for another reason than settling
        self._quarantine = Quarantine()
        self._waiting_feed: dict[int, messages.Show] = {}

    def prepare(self, panes: int, now: float) -> None:
        """Have enough workers: one per 16 panes. Each uses all cores; two for 16 panes cost 7 % more (measured)."""
        self._panes = panes
        self._pulling.prepare(panes, now)
        wanted = -(-panes // PANES_PER_DECODER)
        while len(self.hosts) < wanted:
            host = DecoderHost(f"decoder-{len(self.hosts) + 1}", self._folder, self._post)
            self.hosts.append(host)
            host.start(now)

    # -- runs --------------------------------------------------------------------------------------------------------

    def arrange(self, run: Run, now: float) -> None:
        """Bring a run's player in line with what is wanted; cheap when nothing is to be done."""
        run.arranged = None
        if run.closed:
            return
        want = run.want
        offer, saving = offer_of(run, want), sub_only(self.level, important=want.important)
        height = lines_for(run, want)
        role = run.choice.decide(offer, height, wish=want.wish, zoomed=want.zoomed, panes=self._panes, now=now,
                                 saving=saving)
        run.saves_size = saving and want.wish is StreamWish.AUTO and not want.zoomed and \
            run.choice.is_large(offer, height)
        self._connect(run, role, now)
        self._save(run, now)
        line = run.line
        if not want.visible:
            run.hidden_since = run.hidden_since if run.hidden_since is not None else now
            if now - run.hidden_since > HIDE_S:
                self._stop_views(run)
            return
        if run.hidden_since is not None and now - run.hidden_since > HIDE_S:
            run.in_sight = now
        run.hidden_since = None
        if line is None or line.phase is not Phase.OPEN or now < run.not_before or want.width < 1 or want.height < 1:
            return
        shape = shape_for(want, role, line)
        if run.coming is not None:
            if fits(run.coming, line, shape):
                return
            self._stop(run.coming)
            run.coming = None
        if run.current is not None and fits(run.current, line, shape):
            if self.level is Level.FULL and run.choice.is_calm(now):
                run.arranged = want
        elif self._quarantine.may_start(run, now):
            self._start(run, line, shape, now)

    def _stands(self, run: Run) -> bool:
        """Nothing has changed since the player of this run was what was wanted. Five times a second for each pane:
        what :meth:`arrange` would find is 40 calls away."""
        view, line = run.current, run.line
        return (run.arranged is run.want and self.level is Level.FULL and run.coming is None and view is not None
                and line is not None and line.phase is Phase.OPEN and view.fed and not view.dead and view.line is line
                and view.epoch == line.epoch and view.codec == line.codec and view.saving is Saving.NONE
                and view.source == (line.width, line.height))

    def _save(self, run: Run, now: float) -> None:
        """Tell the feeds of a run what to leave out."""
        for view in (run.current, run.coming):
            if view is None or not view.alive:
                continue
            saving = self._saving_for(run, view.line)
            if view.saving is not saving:
                if view.saving is Saving.KEYS:      # it goes on with a key picture: until then none is missing
                    view.keys_until = now + KEYS_ON * (view.line.key_interval or KEYS_S)
                view.saving = saving
                view.ingest.send(messages.Save(view.feed, saving))

    def _saving_for(self, run: Run, line: Line) -> Saving:
        saving = saving_of(self.level, important=run.want.important, height=run.want.height)
        # Some cameras send a key picture every 20 s: a pane that shows no others would call old pictures live. Until
        # the second one has come, nobody knows.
        return Saving.FEWER if saving is Saving.KEYS and not 0 < line.key_interval <= RARE_KEYS_S else saving

    def losses(self, runs: Iterable[Run], now: float) -> tuple[int, int]:
        """(shown, lost) pictures since the last call, of players that have found their pace."""
        shown = lost = 0
        for run in runs:
            view = run.current
            if view is None or not view.alive:
                continue
            before, view.losses = view.losses, view.block.losses(view.slot)
            if now - view.started > PACE_S and now - self._last_asked > PACE_S:
                shown += max(0, view.losses[0] - before[0])
                lost += max(0, view.losses[1] - before[1])
        return shown, lost

    def let_go(self, run: Run) -> None:
        """The pane is closed."""
        current = run.current
        self._quarantine.gone(run)
        self._stop_views(run)
        if current is not None:
            self._free(current)
        if run.line is not None:
            self._pulling.leave(run.line)
            run.line = None

    def line_failed(self, run: Run, now: float) -> None:
        """The stream that a run turned to does not come: while another one still shows, that one stays."""
        showing = run.current is not None and run.current.alive and run.current.line is not run.line
        if showing and run.choice.role is StreamRole.MAIN:
            run.choice.main_failed(now)
            self.arrange(run, now)

    def took_over(self, run: Run, old: View | None, now: float) -> None:
        """The coming view has shown its first picture and is the current one now."""
        run.failures = 0
        if old is not None:
            self._stop(old)
            self._free(old)
        if run.closed:
            self._stop_views(run)
        self.arrange(run, now)

    def tick(self, runs: Iterable[Run], now: float) -> None:
        """Start workers that are due, give up players that show nothing, resynchronise what is behind."""
        for host in self.hosts:
            if not host.up and now >= host.again_at:
                host.start(now)
        opened = list(runs)
        self._panes = len(opened)
        for run in opened:
            coming, current = run.coming, run.current
            if coming is not None and now - coming.started > FIRST_PICTURE_S:
                if coming.settling and current is not None:
                    self._stop(coming)              # its key pictures are too far apart to wait for: leave it as it is
                    run.coming, current.settle_after = None, now + RESETTLE_S
                else:
                    self._failed(run, coming, now)
            if current is not None and current.alive:
                self._quarantine.played(run, now)
            elif not run.want.visible or run.line is None or run.line.phase is not Phase.OPEN or now < run.not_before:
                self._quarantine.gone(run)
            if run.behind_since and now - run.behind_since > BEHIND_TICKS_S:
                self.resync(run, now)
            if not self._stands(run):
                self.arrange(run, now)
        self._settle(opened, now)

    def _settle(self, runs: Sequence[Run], now: float) -> None:
        """In calm, replace players that started in a rush or are old: they show later than they need to.

        A player that gets a whole group of pictures at once shows at once, but while it decodes them libVLC moves its
        clock back, and never forward again: 130 to 270 ms from camera to picture for as long as it plays. One that
        begins with a key picture as it arrives stays at 80 ms (measured, 16 panes). New players now and then also
        undo what the machine's hiccups added (soon where it is seen, see app.video.lag), and keep time stamps far from
        their wrap after 26.5 hours.
        """
        room = min(SETTLING_A_TICK, SETTLING_AT_ONCE - sum(run.coming is not None for run in runs))
        if now - self._last_asked < CALM_S or room <= 0:
            return
        due = [(run.current.started, run.current) for run in runs
               if run.current is not None and run.current.alive and run.coming is None and run.want.visible
               and run.line is run.current.line and run.line.phase is Phase.OPEN and _shows_late(run, run.current, now)]
        for _, view in sorted(due, key=lambda one: one[0])[:room]:
            self._start(view.run, view.line, view.shape, now, settling=True)

    def resync(self, run: Run, now: float) -> None:
        """The picture is too far behind: start again at the newest key picture, beside the old one."""
        current = run.current
        patience = RESYNC_EVERY_S * 2 ** min(run.resyncs, 4)
        if current is not None and run.coming is None and now - current.started > patience:
            # It was long ago that it last fell behind: that was another trouble.
            run.resyncs = 1 if now - current.started > 4 * patience else run.resyncs + 1
            _log.info("%04d is behind: starting again at the newest key picture", run.want.camera.number)
            current.fed = False
            self.arrange(run, now)

    def _connect(self, run: Run, role: StreamRole, now: float) -> None:
        line = run.line
        if line is not None and line.profile.role is role and (
                line.camera is run.want.camera or line.camera == run.want.camera):
            return
        run.line = self._pulling.take(run.want.camera, role, now)
        if line is not None:
            self._pulling.leave(line)

    def _failed(self, run: Run, view: View, now: float) -> None:
        run.coming = None
        run.failures += 1
        run.not_before = now + AGAIN_S[min(run.failures, len(AGAIN_S) - 1)]
        if view.shape.role is StreamRole.MAIN:
            run.choice.main_failed(now)
        self._stop(view)

    # -- views -------------------------------------------------------------------------------------------------------

    def _start(self, run: Run, line: Line, shape: Shape, now: float, *, settling: bool = False) -> None:
        host = min((host for host in self.hosts if host.up), key=lambda host: host.load, default=None)
        if host is None or line.host is None or host.ending >= ENDING_AT_ONCE:
            return                          # the next tick asks again, with what is wanted by then
        capacity = room_for(shape)
        found = host.take(capacity)
        if found is None:
            _log.error("no room for another picture of %d×%d in %s", shape.width, shape.height, host.name)
            run.not_before = now + 1.0
            return
        slot, buffers = found
        feed_record = line.host.take_feed()
        self._feeds += 1
        number = self._feeds
        row = host.board[slot]
        row["serial"] = 0
        view = View(run, line, line.epoch, host, host.block, row, slot, buffers, number & 0x7FFFFFFF, number, shape,
                    line.codec, (line.width, line.height), now, line.host, feed_record)
        host.load += 1
        view.settling = settling
        view.saving = self._saving_for(run, line)
        view.settle_after = now + (RESETTLE_S if settling else 0.0)
        if settling:
            run.lag.replaced()
        else:
            self._last_asked = now
        self._views[number] = view
        self._pulling.hold(line)            # it may still be shown when the run has turned to another stream
        run.coming = view
        show = messages.Show(
            slot=slot, generation=view.generation, offset=buffers.offset, capacity=buffers.capacity,
            width=shape.width, height=shape.height, source_width=line.width, source_height=line.height,
            fit=shape.fit.value, native=shape.native, demux="mjpeg" if line.codec == "mjpeg" else "ps", feed="",
            caching_ms=self._caching(), hardware=hardware.chosen(self._hardware, line.codec, line.height),
            economy=0 < shape.height < sides(line.width, line.height, shape.rotation)[1] and not shape.native,
            rotation=shape.rotation,
        )
        self._rebuild()
        if self._portable:
            self._waiting_feed[number] = show
            line.host.send(messages.Feed(number, line.name, "listen", feed_record, settling, view.saving))
            return
        path = os.path.join(self._folder, f"feed-{number}")  # noqa: PTH118 - handed to os calls only
        os.mkfifo(path, 0o600)
        host.send(msgspec.structs.replace(show, feed=path))
        line.host.send(messages.Feed(number, line.name, path, feed_record, settling, view.saving))

    def _caching(self) -> int:
        """Milliseconds that libVLC holds back: more players wait longer for each other, and what is late is dropped.

        Measured on two cores: 64 players with 30 ms show 14 of 15 pictures a second, with 100 ms all of them.
        """
        crowd = max(0, sum(host.load for host in self.hosts) - CROWD)
        return max(self._caching_ms, min(self._caching_ms + int(crowd * CROWD_MS), MOST_CACHING_MS))

    def feed_ready(self, message: messages.FeedReady) -> None:
        """A socket feed waits for its decoder."""
        show = self._waiting_feed.pop(message.feed, None)
        view = self._views.get(message.feed)
        if show is not None and view is not None:
            view.host.send(msgspec.structs.replace(show, feed=f"callback:{message.address}"))

    def feed_ended(self, number: int) -> None:
        """The ingest worker gave the feed up: the run needs another view."""
        view = self._views.get(number)
        if view is not None:
            view.fed = False

    def hidden(self, host: DecoderHost, message: messages.Hidden) -> None:
        """A player is gone: its slot and buffers are free."""
        for number, view in list(self._views.items()):
            if view.host is host and view.slot == message.slot and view.generation == message.generation:
                del self._views[number]
                host.ending -= view.stopping
                view.hidden = True
                self._free(view)

    def _free(self, view: View) -> None:
        """Its buffers may be handed out again, once its player is gone and nobody looks at its last picture."""
        looked_at = view is view.run.current and not view.run.closed
        if view.hidden and not looked_at and not view.dead and not view.freed:
            view.freed = True
            view.host.give_back(view.slot, view.buffers)

    def died(self, host: DecoderHost, now: float, *, crashed: bool) -> None:
        """All its players are gone; their last pictures stay on the screen until new players have theirs."""
        if crashed:
            self._quarantine.crashed([view.run for view in self._views.values() if view.host is host], now)
        for number, view in list(self._views.items()):
            if view.host is host:
                view.dead = True
                if not view.stopping:
                    self._pulling.leave(view.line)
                del self._views[number]
                if view.line.host is not None:
                    view.line.host.send(messages.Unfeed(view.feed))
                if view.run.coming is view:
                    view.run.coming = None
        self._rebuild()

    def _stop_views(self, run: Run) -> None:
        for view in (run.coming, run.current):
            if view is not None:
                self._stop(view)
        run.coming = None       # the current one is stopped, but its last picture stays until another view comes

    def _stop(self, view: View) -> None:
        if view.dead or view.stopping:
            return
        view.stopping = True
        view.fed = False
        view.host.load -= 1
        view.host.ending += 1
        self._pulling.leave(view.line)
        view.host.send(messages.Hide(view.slot, view.generation))
        if view.line.host is not None:
            view.line.host.send(messages.Unfeed(view.feed))
        self._waiting_feed.pop(view.feed, None)
        self._rebuild()

    def _rebuild(self) -> None:
        self.screens = by_board(self._views.values())

    def close(self) -> None:
        """End all workers."""
        close_all(self.hosts)


def _shows_late(run: Run, view: View, now: float) -> bool:
    """Whether a player that has settled, or never has, is worth replacing; see Casting._settle."""
    early = RESETTLE_S - RESETTLE_FAR_S if view.line.interval > FAR_S else 0.0
    return now >= view.settle_after - early or run.lag.due(view.started, now)
