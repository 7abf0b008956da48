"""A station without cameras and registry file, with the real table, wall and dispatcher: what windows are tried on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from psygnal import Signal, SignalInstance

from app.commands import Context, Dispatcher
from app.events.alarms import Alarms
from app.features import table
from app.model.availability import Span
from app.model.bookmark import Bookmark
from app.model.camera import Camera, Place
from app.model.clip import Segment
from app.model.custody import BEGINNING, Act, Custody, Link, line_of, linked
from app.model.edit import Change
from app.model.errors import OperatorError
from app.model.recording import Usage
from app.model.scene import Scene, Tour
from app.model.wall import WallState
from app.registry.directory import CameraDirectory
from app.registry.lane import Outcome
from app.registry.seen import Seen
from app.registry.tours import checked
from app.runtime.settings import SETTINGS, Value
from app.wall.wall import Wall
from tests.widgets.wall.synthetic import LIVE, SyntheticEngine

AREAS = (("Makassar", "Ujung Pandang"), ("Makassar", "Panakkukang"), ("Makassar", "Tallo"), ("Ambon", "Sirimau"),
         ("Palembang", "Ilir Timur"))
NAMES = ("Losari Utara", "Losari Selatan", "Jl Ahmad Yani", "Jl Sudirman", "Pasar Sentral", "Pelabuhan",
         "Balai Kota", "Halte Veteran", "Simpang Pettarani", "Layang Pettarani", "Lorong 7 Maccini",
         "Gerbang Tol Tallo", "Jembatan Tallo", "Bundaran Mandai", "RS Budi Mulia", "Pintu Air Jongaya")


def cameras(count: int) -> list[Camera]:
    return [Camera(f"cam{i:04d}", 101 + i, f"{NAMES[i % 16]}{'' if i < 16 else f' {i // 16}'}",
                   AREAS[(i // 6) % len(AREAS)], Place(-5.14, 119.4)) for i in range(count)]


@dataclass
class FakeScenes:
    """See app.registry.scenes.Scenes."""

    kept: dict[str, Scene] = field(default_factory=dict)

    def all(self) -> list[Scene]:
        return sorted(self.kept.values(), key=lambda scene: scene.number)

    def save(self, scene: Scene) -> Scene:
        self.kept[scene.id] = scene
        return scene

    def remove(self, scene_id: str) -> bool:
        return self.kept.pop(scene_id, None) is not None


@dataclass
class FakeBookmarks:
    """See app.registry.bookmarks.Bookmarks."""

    kept: dict[str, Bookmark] = field(default_factory=dict)
    told: dict[str, list[Change]] = field(default_factory=dict)

    def all(self) -> list[Bookmark]:
        return sorted(self.kept.values(), key=lambda one: -one.at)

    def save(self, bookmark: Bookmark, by: str = "") -> Bookmark:
        before = self.kept.get(bookmark.id)
        self.told.setdefault(bookmark.id, []).insert(0, Change("2026-11-22T08:00:00.000Z", by, "changed", "words",
                                                               before.words, bookmark.words) if before else
                                                     Change("2026-11-22T08:00:00.000Z", by, "added", ""))
        self.kept[bookmark.id] = bookmark
        return bookmark

    def history(self, bookmark_id: str) -> list[Change]:
        return self.told.get(bookmark_id, [])

    def remove(self, bookmark_id: str) -> bool:
        return self.kept.pop(bookmark_id, None) is not None


@dataclass
class FakeTours:
    """See app.registry.tours.Tours."""

    kept: dict[str, Tour] = field(default_factory=dict)

    def all(self) -> list[Tour]:
        return sorted(self.kept.values(), key=lambda tour: tour.number)

    def save(self, tour: Tour) -> Tour:
        kept = replace(checked(tour), id=tour.id or f"tour{tour.number}")
        self.kept[kept.id] = kept
        return kept

    def remove(self, tour_id: str) -> bool:
        return self.kept.pop(tour_id, None) is not None


@dataclass
class FakeSeen:
    """See app.registry.seen.SeenRows."""

    rows: list[Seen] = field(default_factory=list)

    def add(self, watched: Sequence[Seen]) -> None:
        self.rows.extend(watched)

    def totals(self, hour: int) -> dict[str, float]:
        found: dict[str, float] = {}
        for row in self.rows:
            if row.hour >= hour:
                found[row.camera] = found.get(row.camera, 0.0) + row.seconds
        return found

    def since(self, hour: int) -> list[Seen]:
        return [row for row in self.rows if row.hour >= hour]

    def last(self) -> dict[str, int]:
        return {row.camera: row.hour for row in self.rows}

    def first_hour(self) -> int | None:
        return min((row.hour for row in self.rows), default=None)


@dataclass
class FakeAvailability:
    """See app.registry.availability.AvailabilityRows."""

    kept: dict[tuple[str, float], Span] = field(default_factory=dict)

    def keep(self, spans: Sequence[Span]) -> None:
        self.kept.update({(span.camera, span.since): span for span in spans})

    def spans(self, _since: float, _until: float, _camera: str = "") -> list[Span]:
        return [self.kept[key] for key in sorted(self.kept)]


class FakeCustody:
    """See app.registry.custody.CustodyRows."""

    def __init__(self) -> None:
        self.links: list[Link] = []

    def add(self, act: Act, what: Mapping[str, Any], operator: str = "") -> Link:
        seq = len(self.links) + 1
        before = self.links[-1].hash if self.links else BEGINNING
        self.links.append(linked(seq, before, line_of(seq, seq, "s1", operator, act, what)))
        return self.links[-1]

    def excerpt(self, _concerns: object) -> Custody:
        return Custody("s1", BEGINNING, tuple(self.links))


class FakeFacts:
    """See app.registry.device_facts: no device has told anything."""

    def named(self, _fact: str) -> dict[str, Any]:
        return {}

    def of(self, _camera: str) -> dict[str, Any]:
        return {}

    def put(self, *_what: object) -> None:
        pass


@dataclass
class FakeLane:
    """Does at once what it is given, on a registry that only remembers."""

    settings: dict[str, Value] = field(default_factory=lambda: {s.key: s.default for s in SETTINGS})
    saved: list[WallState] = field(default_factory=list)
    settings_changed: SignalInstance = field(
        default_factory=lambda: SignalInstance((object,), name="settings_changed"))
    trouble: SignalInstance = field(default_factory=lambda: SignalInstance((object,), name="trouble"))
    ended: SignalInstance = field(default_factory=lambda: SignalInstance((object,), name="ended"))
    tables_changed: SignalInstance = field(
        default_factory=lambda: SignalInstance((object,), name="tables_changed"))
    scenes: FakeScenes = field(default_factory=FakeScenes)
    bookmarks: FakeBookmarks = field(default_factory=lambda: FakeBookmarks())
    tours: FakeTours = field(default_factory=FakeTours)
    seen: FakeSeen = field(default_factory=FakeSeen)
    availability: FakeAvailability = field(default_factory=FakeAvailability)
    device_facts: FakeFacts = field(default_factory=FakeFacts)
    owners: Any = field(default_factory=lambda: SimpleNamespace(all=list))
    refused_logins: Any = field(default_factory=lambda: SimpleNamespace(all=dict, note=lambda *_told: None))
    custody: FakeCustody = field(default_factory=FakeCustody)

    def submit(self, work: Callable[[Any], Any], then: Callable[[Any], None] | None = None, *,
               replaces: str | None = None) -> bool:
        try:
            outcome: Outcome[Any] = Outcome(work(self))
        except OperatorError as error:
            outcome = Outcome(error=error)
        if then is not None:
            then(outcome)
        return True

    def save_wall(self, _name: str, state: WallState) -> None:
        self.saved.append(state)

    @property
    def edits(self) -> Any:
        """See app.registry.edits.Edits.keep: of settings only."""
        return SimpleNamespace(keep=lambda _cameras, beside: [self.set_setting(one.setting, one.text)
                                                              for one in beside(())])

    def setting(self, key: str) -> Any:
        return self.settings[key]

    def set_setting(self, key: str, value: Value) -> None:
        self.settings[key] = value


class Engine(SyntheticEngine):
    """Counts what it was asked; every pane that is wanted is live unless a test says otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.shows = 0
        self.order: list[str] = []

    def show(self, wants: Mapping[str, Any]) -> None:
        super().show(wants)
        self.shows += 1
        self.order.append("show")
        self.report_by_key = {key: self.report_by_key.get(key, LIVE) for key in wants}

    def rename(self, moves: Mapping[str, str]) -> None:
        super().rename(moves)
        self.order.append("rename")

    def stats(self) -> Mapping[str, Any]:
        return {"desktop": {"pid": 1, "cpu_seconds": 0.5, "rss_bytes": 1000, "restarts": 0}}


class FakeRecording:
    """See app.recording_room.RecordingRoom: nothing is recorded, everything that is asked is answered at once."""

    def __init__(self) -> None:
        self.taping: frozenset[str] = frozenset()
        self.usage = Usage()
        self.root = Path("/nowhere")
        self.held: dict[str, tuple[tuple[str, ...], int, int]] = {}
        self.keeper = self.promised = self
        self.said = self.notice = ""
        self.looks_on = False
        self.recorded: dict[str, Any] = {}      # camera -> (stretches, gaps)
        self.segments: dict[str, tuple[Segment, ...]] = {}
        self.sizes: dict[str, tuple[tuple[int, int, int], ...]] = {}     # camera -> (from, to, bytes)

    changed = Signal()
    trouble = Signal(str)

    def hold(self, holder: str, held: tuple[str, ...], t0: int, t1: int, then: Any = None) -> bool:
        self.held[holder] = (held, t0, t1)
        if then is not None:
            then(None)
        return True

    def folders(self, camera: str) -> tuple[Path, ...]:
        return (self.root / camera,)

    def why(self, camera: Camera) -> str:
        return f"nothing is recorded of {camera.name}"

    def release(self, holder: str) -> bool:
        return self.held.pop(holder, None) is not None

    def submit(self, work: Any, then: Any = None) -> bool:
        """Asked of an index that answers what a test has put into ``recorded`` and ``segments``."""
        answer = work(SimpleNamespace(coverage=SimpleNamespace(many=self._many, sizes=self._sizes),
                                      segments=lambda camera, _t0, _t1: self.segments.get(camera, ()),
                                      gaps=lambda *_span: (), holders=tuple,
                                      cameras=lambda: list(self.recorded)))
        if then is not None:
            then(answer)
        return True

    def _many(self, wanted: Any, _t0: int, _t1: int, _least: int = 0) -> Any:
        return {camera: self.recorded.get(camera, ((), ())) for camera in wanted}

    def _sizes(self, wanted: Any, _t0: int, _t1: int, _step: int) -> Any:
        return {camera: self.sizes.get(camera, ()) for camera in wanted}

    def ask(self, _camera: str, _t0: int, _t1: int, then: Any) -> bool:
        then(((), ()))
        return True


class FakeStation:
    """See widgets.window.seam.Station."""

    def __init__(self, count: int = 40, state: WallState | None = None) -> None:
        self.engine = Engine()
        self.directory = CameraDirectory(cameras(count))
        self.wall = Wall(state or WallState())
        self.dispatcher = Dispatcher(table(), Context)
        self.registry = FakeLane()
        self.recording = FakeRecording()
        self.alarms = Alarms(lambda: 30.0)


PLATES = Path(__file__).resolve().parents[3] / "resources" / "demo" / "plates"
