"""One demo city for all end-to-end tests; registries that point at it; displays of the tests' own."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from app.demo.city import DemoCity
from app.model.camera import Transport
from app.registry.registry import Registry
from tests.endtoend.program import ROOT, RUNNING, run_command
from tests.fixtures import leaks
from tests.fixtures.screen import Display, _serve

OUTPUT = ROOT / "tests" / "output"
# Places on the demo's wall; the fourth is H.265. Clips are kept in tests/output: making twelve takes a minute.
CAMERAS = 12
LOGIN = ("operator", "Rahasia-Palapa-77")
LOGIN_PLACE = 12            # the last camera asks for a user and a password
HEAD = "number,name,main_url,sub_url,username,password,area\n"


@pytest.fixture(autouse=True)
def _new_workers_belong_to_their_program() -> Iterator[None]:
    """A worker that was replaced during a test may live as long as the program of a wider scope that started it."""
    yield
    for pid in RUNNING:
        if psutil.pid_exists(pid):
            leaks._allowed.update(psutil.Process(pid).children(recursive=True))
            leaks._allowed.update(map(str, Path(tempfile.gettempdir()).glob(f"lawang-{pid}-*")))


@pytest.fixture(scope="session")
def city() -> Iterator[DemoCity]:
    """Small clips; camera N of the tests is the N-th place of the city's wall."""
    from app.demo.cameras import choose
    locked = choose([LOGIN_PLACE])[0].number
    with DemoCity().start(OUTPUT / "clips", f"1-{CAMERAS}", small=True, logins={locked: LOGIN}) as one:
        assert one.wait_ready(150)
        yield one


@pytest.fixture(scope="session")
def rows(city: DemoCity) -> Callable[[int], str]:
    """The line of a list of cameras for call-up number N (from 1; beyond the city's end it begins again)."""
    def row(number: int) -> str:
        place = (number - 1) % CAMERAS
        camera = city.cameras[place]
        login = ",".join(LOGIN) if place == LOGIN_PLACE - 1 else ","
        return f'{number},"{camera.name}",{city.url(camera.number)},{city.url(camera.number, "sub")},{login},' \
               f'"{" / ".join(camera.area)}"\n'
    return row


type MakeRegistry = Callable[..., Path]


@pytest.fixture(scope="session")
def make_registry(rows: Callable[[int], str]) -> MakeRegistry:
    """``make(home, numbers, udp=(5,))``: a registry in ``home``, imported as an operator does it."""
    def make(home: Path, numbers: range, udp: tuple[int, ...] = ()) -> Path:
        home.mkdir(parents=True, exist_ok=True)
        table = home / "cameras.csv"
        table.write_text(HEAD + "".join(rows(n) for n in numbers), "utf-8")
        path = home / "registry.db"
        run_command(home, "cameras", "import", str(table), "--registry", str(path))
        table.unlink()                              # it holds a password in clear
        if udp:
            with pytest.MonkeyPatch.context() as here, _opened(path, home, here) as registry:
                registry.cameras.save([
                    replace(c, streams=tuple(replace(s, transport=Transport.UDP) for s in c.streams))
                    for c in registry.list_cameras() if c.number in udp])
        return path
    return make


def _opened(path: Path, home: Path, here: pytest.MonkeyPatch) -> Registry:
    here.setenv("LAWANG_HOME", str(home))           # its key opens the passwords
    return Registry.open(path)


@pytest.fixture(scope="module")
def screen() -> Iterator[Display]:
    """1920x1080, without a window manager; each module has its own, so that a failure stays where it is."""
    yield from _serve(1920, 1080)
