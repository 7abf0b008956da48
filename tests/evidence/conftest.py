"""One station and one package for the whole run; a test that harms a package takes a copy."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.evidence import identity
from app.evidence.identity import Identity
from app.evidence.outcome import Package
from app.evidence.package import Export
from app.model.clip import ClipRequest
from app.model.custody import BEGINNING, Act, Custody, Link, line_of, linked
from tests.fakes.segments import SECOND, T, recording


@pytest.fixture(scope="session")
def station(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return identity.load_or_make("Ruang Kendali 1", tmp_path_factory.mktemp("station"))


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return identity.load_or_make("Ruang Kendali 1", tmp_path_factory.mktemp("stranger"))


CASE, IN, OUT = "Banjir Jl. Urip", T + 5 * SECOND // 2, T + 29 * SECOND // 2


def custody_of(cameras: list[str]) -> Custody:
    """Three links: a bookmark, something that concerns nobody, this hand-out."""
    links: list[Link] = []
    for act, what in ((Act.BOOKMARK, {"bookmark": "b1"}), (Act.PLAYBACK, {"camera": "x"}),
                      (Act.EXPORT, {"case": CASE, "cameras": cameras, "in_us": IN, "out_us": OUT})):
        seq = len(links) + 1
        line = line_of(seq, T + seq, "s1", "Budi", act, what)
        links.append(linked(seq, links[-1].hash if links else BEGINNING, line))
    links[1] = replace(links[1], line="")
    return Custody("s1", BEGINNING, tuple(links))


@pytest.fixture(scope="session")
def request_of(tmp_path_factory: pytest.TempPathFactory) -> ClipRequest:
    """Two cameras of 18 s each, of which 12 s are asked for."""
    folder = tmp_path_factory.mktemp("segments")
    return ClipRequest(CASE, (recording(folder, 1), recording(folder, 2)), IN, OUT, operator="Budi", station="Makassar",
                       words="Air naik 40 cm", category="flood", zone="Asia/Makassar",
                       custody=custody_of(["cam-1", "cam-2"]))


@pytest.fixture(scope="session")
def made(request_of: ClipRequest, station: Identity, tmp_path_factory: pytest.TempPathFactory) -> Package:
    return Export(request_of, station, tmp_path_factory.mktemp("made"), language="id").run()


@pytest.fixture
def package(made: Package, tmp_path: Path) -> Path:
    """A copy to harm."""
    return Path(shutil.copytree(made.folder, tmp_path / made.folder.name))


@pytest.fixture
def one_camera(request_of: ClipRequest) -> Callable[..., ClipRequest]:
    """The request with the first camera's recording changed."""
    def changed(**given: object) -> ClipRequest:
        return replace(request_of, cameras=(replace(request_of.cameras[0], **given),))      # type: ignore[arg-type]
    return changed
