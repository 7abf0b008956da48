"""All places for recordings as one: each with a keeper, an index and a thread of its own, so that none holds another.

What is recorded goes to the place that choice.py finds; news of a file go to the keeper of the place that it lies in;
questions are answered from all of them together; what is held is held everywhere, and owed to a place that is away.

Runs on: the thread "recorded" (app.recording.reading) answers questions and keeps what is known of places that are
away; the second place starts it, or what one that is away is owed. Every method may be called from any thread and
returns at once. What is told comes on the keepers' threads or on this one.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from psygnal import Signal

from app.model.clip import Gap, GapCause
from app.model.recording import Owed, RecordingNews, SegmentBegun, SegmentEnded, Usage
from app.recording.absence import Absence, OpenAbsent, OpenKnown, apply
from app.recording.choice import candidate, spread
from app.recording.everywhere import Everywhere, Readable
from app.recording.keeper import Keeper
from app.recording.place import State
from app.recording.promises import Promises
from app.recording.reading import Reading
from app.recording.roots import Root
from app.recording.rows import Index
from app.recording.standing import Standing, rate_of
from app.recording.upheld import MustHold
from app.recording.words import without

JUDGE_S = 5.0               # for all places to be looked at, before cameras are spread over those that are there
DISTRUST_S = 60.0           # a place that refused is chosen last for so long
STUCK_S = 20.0              # a keeper that does nothing for so long waits for its disk
RATE_S = 60.0               # between two measurements of what a day adds; over a million files it takes 0.3 s
NOTE_S = 20.0               # between two notes of what lies at a place
LEAVE_S = 15.0              # for files to be closed at a place that is taken from the list
_NOW = 1 << 62
_FAULTS = (GapCause.DISK_FULL, GapCause.DISK_SLOW, GapCause.DISK_GONE)

type Make = Callable[[Root], Keeper]
type OpenRead = Callable[[Path], Readable]


class Keepers:
    """``changed``, ``looked`` and ``trouble`` as of app.recording.keeper, of any place.

    ``make`` gives the keeper of a place, not started; ``open_read`` opens its index for reading; ``open_absent`` and
    ``open_known``: see Absence.
    """

    changed = Signal()
    looked = Signal()
    trouble = Signal(str)

    def __init__(self, roots: Collection[Root], make: Make, open_read: OpenRead, open_absent: OpenAbsent,
                 open_known: OpenKnown) -> None:
        self._make = make
        self._lock = threading.RLock()
        self._all: tuple[Keeper, ...] = ()
        self._leaving: tuple[Keeper, ...] = ()      # taken from the list, with files that are still open
        self._told = ""
        self._roots: dict[Path, Root] = {}
        self._began, self._started, self._settled = math.inf, False, False
        self._distrusted: dict[Keeper, float] = {}
        self._at: dict[str, Keeper] = {}            # camera -> where it is written
        self._ends: dict[str, int] = {}             # camera -> up to when it is recorded, anywhere
        self._noted: dict[Keeper, float] = {}
        self._rated: dict[Keeper, tuple[float, float]] = {}     # when it was asked for, bytes a day
        self._absence = Absence(open_absent, open_known)
        self._reading = Reading(open_read, self._absence)
        self.promised = Promises(lambda: self._all)
        self.must = MustHold()
        self.follow(roots)

    # -- places ------------------------------------------------------------------------------------------------------

    def follow(self, roots: Collection[Root]) -> None:
        """Exactly these places, with these quotas: one more is opened, one less is closed when its files are."""
        with self._lock:
            known = {one.root: one for one in self._all}
            self._roots = {root.path: root for root in roots}
            kept = tuple(known.get(root.path) or self._new(root) for root in roots)
            fresh = [one for one in kept if one.root not in known]
            gone = [one for one in self._all if one not in kept]
            self._all, self._leaving = kept, (*self._leaving, *gone)
            for one in kept:
                one.quota, one.floor = self._roots[one.root].quota, self._roots[one.root].floor
            if len(kept) > 1 or gone:
                self._reading.begin()
        for one in fresh if self._started else ():
            one.start()
        for one in gone:
            threading.Thread(target=self._leave, args=(one,), name="place leaves", daemon=True).start()
        if gone:
            self.changed.emit()

    def _new(self, root: Root) -> Keeper:
        one = self._make(root)
        one.before = partial(self._before, one)
        one.others_go_on = lambda: any(other.ready for other in self._all if other is not one)
        one.rivals = partial(self._rivals, one)
        one.opened, one.must = partial(self._opened, one), self.must
        one.changed.connect(self._changed)
        one.looked.connect(partial(self._looked, one))
        one.trouble.connect(self._trouble)
        return one

    def _rivals(self, one: Keeper, holding: bool) -> tuple[Path, ...]:
        """Places that another program had when they were looked at last; of one that is held those before it."""
        before = self._all[:self._all.index(one)] if holding and one in self._all else self._all
        own = {one.root, *(other.root for other in self._leaving)}      # one that was added again has it for a moment
        return tuple(other.root for other in before if other.looks_on and other.root not in own)

    def start(self) -> None:
        """Open the indexes, repair them, keep them."""
        self._began, self._started = time.monotonic(), True
        for one in self._all:
            one.start()

    def close(self) -> None:
        """Write what waits, then end."""
        for one in self._all:
            one.close()
        self._reading.close()

    @property
    def all(self) -> tuple[Keeper, ...]:
        """The keeper of each place, the first place first."""
        return self._all

    def root_of(self, keeper: Keeper) -> Root:
        """Quota and free space of its place."""
        return self._roots.get(keeper.root) or Root(keeper.root)

    def state_of(self, keeper: Keeper) -> State:
        """How a place is now."""
        return State.DISTRUSTED if keeper.ready and not self._trusted(keeper) else keeper.place.state

    # -- what all of them say ----------------------------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        """It may be recorded somewhere, and all places have been looked at or had their time."""
        self._settled = self._settled or self.judged or time.monotonic() - self._began > JUDGE_S
        return self._settled and any(one.ready for one in self._all)

    @property
    def judged(self) -> bool:
        """Every place has been looked at, and of several how much room there is."""
        return all((one.ready and (len(self._all) == 1 or one.usage.size > 0)) or one.looks_on or bool(one.said)
                   for one in self._all)

    @property
    def looks_on(self) -> bool:
        return any(one.looks_on for one in self._all) and not any(one.ready for one in self._all)

    @property
    def least(self) -> int:
        """What ranks lower is recorded nowhere."""
        return min((one.least for one in self._all if one.ready), default=0)

    @property
    def taping(self) -> frozenset[str]:
        return frozenset().union(*(one.taping for one in (*self._all, *self._leaving)))

    @property
    def urgent(self) -> frozenset[str]:
        return frozenset().union(*(one.urgent for one in self._all))

    @property
    def shown_elsewhere(self) -> frozenset[str]:
        return frozenset().union(*(one.shown_elsewhere for one in self._all))

    @property
    def usage(self) -> Usage:
        """Of all places that are there."""
        known = [one.usage for one in self._all if one.ready or len(self._all) == 1]
        disks = {one.disk: one for one in known}.values()
        return Usage(sum(one.bytes for one in known), sum(one.files for one in known), sum(one.held for one in known),
                     min((one.oldest for one in known if one.oldest is not None), default=None),
                     sum(one.free for one in disks), sum(one.size for one in disks), sum(one.others for one in known))

    @property
    def said(self) -> str:
        """What is wrong, "" when nothing is."""
        go_on = any(one.ready for one in self._all)
        return " ".join(dict.fromkeys(
            without(one.root, one.place.state) if go_on and not one.ready and not one.looks_on else one.said
            for one in self._all if one.said))

    @property
    def root(self) -> Path:
        return self._all[0].root

    def folders(self, camera: str) -> tuple[Path, ...]:
        """Where files of a camera may lie that can be read now."""
        return tuple(one.root / camera for one in self._all if self._there(one)) or (self.root / camera,)

    # -- which place -------------------------------------------------------------------------------------------------

    def places(self, ranks: Mapping[str, int]) -> dict[str, Keeper]:
        """Camera -> the keeper of the place that it is to be written to; ``ranks`` of those wanted, see policy.Rank."""
        with self._lock:
            ready = {one.place_id: one for one in self._all if one.ready}
            ready = {name: one for name, one in ready.items() if one.usage.size} or ready
            before = {camera: one.place_id for camera, one in self._at.items()}
            found = spread(ranks, before, [candidate(name, one.usage, self.root_of(one), self._trusted(one), one.least)
                                           for name, one in ready.items()])
            self._at = {camera: ready[name] for camera, name in found.items()}
            return self._at

    def standings(self) -> tuple[Standing, ...]:
        """How each place stands, as of some seconds ago; the rate is measured anew when it is asked for."""
        now = time.monotonic()
        for one in self._all:
            if one.ready and now - self._rated.get(one, (-math.inf, 0.0))[0] > RATE_S:
                self._rated[one] = now, self._rated.get(one, (0.0, 0.0))[1]
                one.submit(rate_of, partial(self._rate, one))
        return tuple(Standing(self.root_of(one), self.state_of(one), one.usage, self._rated.get(one, (0.0, 0.0))[1])
                     if one.ready else Standing(self.root_of(one), self.state_of(one)) for one in self._all)

    def _rate(self, one: Keeper, rate: Any) -> None:
        if rate is not None:
            self._rated[one] = self._rated.get(one, (0.0, 0.0))[0], rate

    def in_background(self, job: Callable[[], None]) -> bool:
        """Something that may touch a disk that is not there: not on a keeper's thread."""
        self._reading.begin()
        return self._reading.post(job)

    def _trusted(self, one: Keeper) -> bool:
        return self._distrusted.get(one, -math.inf) < time.monotonic() and not _stuck(one)

    @staticmethod
    def _there(one: Keeper) -> bool:
        """What lies there can be read."""
        return (one.ready or one.looks_on) and not _stuck(one)

    def _before(self, here: Keeper, camera: str) -> tuple[int, GapCause | None]:
        """Up to when a camera is recorded anywhere, and what was wrong with the place where it was."""
        if any(camera in one.taping for one in (*self._all, *self._leaving) if one is not here and self._trusted(one)):
            return _NOW, None               # its last file is being closed there
        ended = self._ends.get(camera, 0)
        wrong = [one for one in self._all if one is not here and (not one.ready or not self._trusted(one))]
        last = max(((end, one) for one in wrong if (end := one.last_ends.get(camera, 0))), default=(0, None),
                   key=lambda pair: pair[0])
        if last[1] is None or last[0] < ended:
            return ended, None
        return ended, GapCause.DISK_SLOW if last[1].ready else GapCause.DISK_GONE

    # -- news and jobs -----------------------------------------------------------------------------------------------

    def heard(self, news: RecordingNews) -> None:
        """A worker began or ended a file, or could not write."""
        one = self._of(news)
        if isinstance(news, SegmentEnded):
            self._ends[news.camera] = max(self._ends.get(news.camera, 0), news.t1)
            one.last_ends[news.camera] = news.t1
        refused = isinstance(news, Gap) and news.cause in _FAULTS and len(self._all) > 1
        if refused:
            self._distrusted[one] = time.monotonic() + DISTRUST_S
            if not one.ready:           # its index is away as well: another one knows why nothing is there
                one = next((other for other in self._all if other.ready), one)
        one.heard(news)
        if refused:
            self.changed.emit()

    def _of(self, news: RecordingNews) -> Keeper:
        if isinstance(news, SegmentBegun | SegmentEnded):
            above = Path(news.path).parents
            return next((one for one in (*self._leaving, *self._all) if one.root in above), self._all[0])
        return next((one for one in self._all if news.place and one.place_id == news.place),
                    self._at.get(news.camera, self._all[0]))

    def submit(self, work: Callable[[Any], object], then: Callable[[object], None] | None = None) -> bool:
        """Ask all indexes as one (see Everywhere) and give the answer to ``then``; False: too much waits."""
        if len(self._all) == 1:
            return self._all[0].submit(work, then)

        def ask() -> None:
            answer = None
            try:
                answer = work(Everywhere(self._indexes(), self._absence.away(self._absent()), self.release))
            finally:                    # whoever waits for an answer waits for ever without one
                if then is not None:
                    then(answer)
        return self._reading.post(ask)

    def hold(self, holder: str, cameras: tuple[str, ...], t0: int, t1: int,
             then: Callable[[object], None] | None = None) -> bool:
        """What lies there stays, for a bookmark or a case; UTC microseconds. ``then`` when every place has it."""
        return self._tell("hold", holder, cameras, t0, t1, then)

    def must_hold(self, owed: tuple[Owed, ...]) -> None:
        """The answer to ``must.ask``: these bookmarks are to be held, whatever became of the indexes."""
        self.must.tell(owed)
        for one in self._all:
            one.wake()

    def release(self, holder: str) -> bool:
        """It may go with its age."""
        return self._tell("release", holder)

    def keep(self, cameras: Collection[str], t0: int, t1: int) -> bool:
        """An event: what is recorded of these cameras between two moments stays for days; UTC microseconds."""
        return self._tell("keep", "", tuple(cameras), t0, t1)

    def _tell(self, what: str, holder: str = "", cameras: tuple[str, ...] = (), t0: int = 0, t1: int = 0,
              then: Callable[[object], None] | None = None) -> bool:
        owed = Owed(what, holder, cameras, t0, t1)
        there = [one for one in self._all if one.ready or one.looks_on or (len(self._all) == 1 and not one.said)]
        absent = [one for one in self._all if one not in there and one.place_id]
        waiting, lock = [len(there)], threading.Lock()
        def told(done: object) -> None:
            with lock:
                waiting[0] -= bool(done)
                last = done and not waiting[0]
            if last and then is not None:
                then(None)
        sent = [one.submit(partial(apply, owed), told) for one in there]
        if absent:
            self._reading.begin()
            sent.append(self._reading.post(partial(self._owe, absent, owed, then if not there else None)))
        return bool(sent) and all(sent)

    # -- keepers' threads --------------------------------------------------------------------------------------------

    def _changed(self) -> None:
        if self.said != self._told:                 # whether others go on is in the words
            self._trouble("")
        self.changed.emit()

    def _trouble(self, _sentence: str) -> None:
        self._told = self.said
        self.trouble.emit(self._told)

    def _opened(self, one: Keeper, index: Index) -> None:
        """Before anything there is deleted: what it is owed, and up to when cameras are recorded there."""
        for camera in index.cameras():
            if end := index.last_end(camera):
                one.last_ends[camera] = max(end, one.last_ends.get(camera, 0))
                self._ends[camera] = max(end, self._ends.get(camera, 0))
        self._absence.pay(one.place_id, index)
        self.must.again()

    def _looked(self, one: Keeper) -> None:
        now = time.monotonic()
        if len(self._all) > 1 and one.ready and now - self._noted.get(one, -math.inf) > NOTE_S:
            self._noted[one] = now
            one.submit(lambda index: index.coverage.everything(), partial(self._note, one))
        self.looked.emit()

    def _note(self, one: Keeper, stretches: Any) -> None:
        if stretches is not None:
            self._reading.post(partial(self._absence.note, one.place_id, stretches))

    # -- thread "recorded" -------------------------------------------------------------------------------------------

    def _absent(self) -> tuple[str, ...]:
        return tuple(one.place_id for one in self._all if not self._there(one) and one.place_id)

    def _indexes(self) -> tuple[Readable, ...]:
        return self._reading.indexes([one.root for one in self._all if self._there(one)])

    def _owe(self, absent: Collection[Keeper], owed: Owed, then: Callable[[object], None] | None) -> None:
        self._absence.owe([one.place_id for one in absent], owed)
        if then is not None:
            then(None)
        for one in absent:
            if one.ready:                       # it came back in between
                one.submit(partial(self._absence.pay, one.place_id))

    def _leave(self, one: Keeper) -> None:
        """On a thread of its own: a place that is taken from the list, when its files are closed."""
        done = threading.Event()

        def look() -> None:
            if not one.taping:
                done.set()
        one.changed.connect(look)
        look()
        done.wait(LEAVE_S)
        one.close()
        with self._lock:
            self._leaving = tuple(other for other in self._leaving if other is not one)
        for known in (self._distrusted, self._noted, self._rated):
            known.pop(one, None)
        self._reading.post(partial(self._absence.note, one.place_id, frozenset()))


def _stuck(one: Keeper) -> bool:
    """Its disk holds its thread."""
    return one.ready and time.monotonic() - one.alive > STUCK_S
