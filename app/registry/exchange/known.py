"""What the register knows already, arranged for an import: by number, name and address. Runs on: any thread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from app.model.camera import Camera, StreamRole
from app.model.register import Area, Owner
from app.registry.exchange.cells import HIGHEST_NUMBER


@dataclass(frozen=True, slots=True)
class Options:
    """What the operator says of a list.

    ``mapping``: heads of the list to fields, beside those that are recognised. ``number_from``: cameras without number
    get free ones from here; 0 refuses them. ``url_template``, ``sub_template``: patterns such as
    ``rtsp://{address}:554/stream1`` for lists that have only addresses. ``overwrite``: a number that another camera
    has is given to the list's. ``good_lines``: lines without fault are written though others have one.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    number_from: int = 0
    url_template: str = ""
    sub_template: str = ""
    overwrite: bool = False
    good_lines: bool = False


class Known:
    """The cameras and owners of the register at one moment."""

    def __init__(self, cameras: Iterable[Camera], owners: Iterable[Owner] = (),
                 areas: Iterable[Area] = (), mapping: Mapping[str, str] | None = None) -> None:
        self.mapping = dict(mapping or {})      # heads as they were mapped in earlier lists
        self.by_number = {camera.number: camera for camera in cameras}
        self.owners = {owner.name.casefold(): owner for owner in owners}
        self.owner_names = {owner.id: owner.name for owner in self.owners.values()}
        self._by_name: dict[str, Camera | None] = {}
        self._by_url: dict[str, Camera | None] = {}
        self.areas = {area.path for area in areas}
        for camera in self.by_number.values():
            name = camera.name.casefold()
            self._by_name[name] = None if name in self._by_name else camera
            for role in StreamRole:
                stream = camera.stream(role)
                if stream is not None:
                    held = self._by_url.setdefault(stream.url, camera)
                    self._by_url[stream.url] = camera if held is camera else None
            for depth in range(1, len(camera.area) + 1):
                self.areas.add(camera.area[:depth])

    def named(self, name: str) -> Camera | None:
        """The one camera of that name; None when there is none, or several."""
        return self._by_name.get(name.casefold())

    def is_twice(self, name: str) -> bool:
        """Whether several cameras bear the name."""
        return self._by_name.get(name.casefold(), self) is None

    def names(self) -> Iterable[str]:
        """The names in small letters."""
        return self._by_name

    def at(self, url: str) -> Camera | None:
        """The one camera with a stream at this address (without user and password)."""
        return self._by_url.get(url)


class Numbers:
    """Which numbers are free, counting those that the list itself uses."""

    def __init__(self, taken: Iterable[int], first: int) -> None:
        self._taken = set(taken)
        self._next = first

    def take(self) -> int:
        """The next free number from the first on, 0 when there is none."""
        while self._next in self._taken:
            self._next += 1
        if self._next > HIGHEST_NUMBER:
            return 0
        self._taken.add(self._next)
        return self._next

    def nearest(self, number: int) -> int:
        """The free number next to one that is taken; the higher of two, 0 when none is free."""
        for step in range(1, HIGHEST_NUMBER):
            for candidate in (number + step, number - step):
                if 1 <= candidate <= HIGHEST_NUMBER and candidate not in self._taken:
                    return candidate
        return 0

    def lowest_beyond(self) -> int:
        """A number above all that are taken: from there on a whole list has room."""
        return min(max(self._taken, default=0) + 1, HIGHEST_NUMBER)


def host_of_url(url: str) -> str:
    """The host of an address, "" when it has none."""
    return urlsplit(url).hostname or ""
