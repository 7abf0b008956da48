"""A desktop that nobody sees, and one that may not go dark: X servers, logind and savers, real ones if installed."""

from __future__ import annotations

import contextlib
import shutil
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.runtime.bus_darkness import Inhibition, ScreenSavers, Session
from app.runtime.darkness import Dark, Darkness
from app.runtime.vigil import Vigil
from app.runtime.x_darkness import Suspension, XScreen

SAVER_OPCODE, DPMS_OPCODE, ROOT = 144, 145, 0x123


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        threading.Event().wait(0.005)


class Told:
    """A probe that says what it is told to."""

    def __init__(self) -> None:
        self.says: Dark | None = None
        self.gone = self.closed = False
        self.opened = 0

    def __call__(self) -> Told:
        self.opened += 1
        return self

    def look(self) -> Dark | None:
        if self.gone:
            raise OSError("gone")
        return self.says

    def close(self) -> None:
        self.closed = True


def test_the_first_that_says_dark_counts_and_who_is_silent_counts_as_lit(monkeypatch):
    monkeypatch.setattr("app.runtime.darkness.RETRY_SECONDS", 0.02)
    first, second = Told(), Told()
    darkness = Darkness([first, second], every_s=0.01)
    darkness.start()
    try:
        second.says = Dark.OFF
        until(lambda: darkness.now is Dark.OFF)
        first.says = Dark.LOCKED
        until(lambda: darkness.now is Dark.LOCKED)
        first.gone = second.gone = True
        until(lambda: darkness.now is None)
        assert first.closed and second.closed
        second.gone = False
        until(lambda: darkness.now is Dark.OFF)
        assert second.opened >= 2, "who did not answer is opened anew"
    finally:
        assert darkness.close()


def test_without_anybody_to_ask_there_is_no_thread():
    darkness = Darkness(())
    darkness.start()
    assert darkness.close() and darkness.now is None


@pytest.fixture
def x_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., XScreen]]:
    """An X server that knows four requests; ``level`` and ``saver`` are what it answers."""
    ends: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def serve(ours: socket.socket, level: int, in_force: int, saver: int) -> None:
        head = ours.recv(12)
        assert struct.unpack_from("<HH", head, 6) == (0, 0), "without a key none is shown"
        body = struct.pack("<IIIIHHBB", 0, 0, 0, 0, 5, 0, 1, 1) + bytes(10) + b"Maker\0\0\0" + bytes(8)
        body += struct.pack("<I", ROOT) + bytes(40)
        ours.sendall(struct.pack("<BxHHH", 1, 11, 0, len(body) // 4) + body)
        while request := ours.recv(100):
            answer = bytearray(32)
            answer[0] = 1
            if request[0] == 98:
                answer[8] = 1
                answer[9] = DPMS_OPCODE if b"DPMS" in request else SAVER_OPCODE
                ours.sendall(bytes([34]) + bytes(31))       # an event comes between
            elif request[0] == DPMS_OPCODE:
                struct.pack_into("<HB", answer, 8, level, in_force)
            elif request[0] == SAVER_OPCODE and struct.unpack_from("<I", request, 4)[0] == ROOT:
                answer[1] = saver
            else:
                answer[0] = 0
            ours.sendall(answer)

    def make(level: int = 0, in_force: int = 1, saver: int = 0) -> XScreen:
        ours, theirs = socket.socketpair()
        ends.extend((ours, theirs))
        theirs.settimeout(10)
        monkeypatch.setattr("app.runtime.x_darkness._connected", lambda _host, _number: theirs)
        monkeypatch.setenv("XAUTHORITY", str(tmp_path / "none"))
        threads.append(threading.Thread(target=serve, args=(ours, level, in_force, saver), name="fake-x", daemon=True))
        threads[-1].start()
        return XScreen(":7")

    yield make
    for end in ends:                # shut down first: a thread may be about to read from what close() takes away
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
    for thread in threads:
        thread.join(10)
    for end in ends:
        end.close()


@pytest.mark.parametrize(("level", "in_force", "saver", "dark"), [
    (0, 1, 0, None), (3, 1, 0, Dark.OFF), (1, 1, 0, Dark.OFF), (3, 0, 0, None), (0, 1, 1, Dark.SAVER), (0, 0, 3, None)])
def test_what_an_x_server_says(x_server, level, in_force, saver, dark):
    screen = x_server(level, in_force, saver)
    assert screen.look() is dark
    screen.close()


def test_an_x_server_that_goes_is_an_os_error_and_not_the_end(x_server):
    screen = x_server()
    screen._socket.shutdown(socket.SHUT_RDWR)
    with pytest.raises(OSError):
        screen.look()
    with pytest.raises(OSError):
        XScreen("no display")


@pytest.mark.screen
def test_the_saver_of_a_real_server(display):
    if not shutil.which("xset"):
        pytest.skip("there is no xset to turn the saver on with")
    screen = XScreen(display.name)
    try:
        for word, dark in (("reset", None), ("activate", Dark.SAVER), ("reset", None)):
            subprocess.run(["xset", "-display", display.name, "s", word], check=True, timeout=20)
            assert screen.look() is dark
    finally:
        screen.close()


BUS = """<busconfig><type>session</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/><allow user="*"/>
</policy></busconfig>"""


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A message bus of its own, as the session's and the system's."""
    if not shutil.which("dbus-daemon"):
        pytest.skip("there is no dbus-daemon")
    path = tmp_path / "bus"
    (tmp_path / "bus.conf").write_text(BUS.format(path=path))
    with subprocess.Popen(["dbus-daemon", "--nofork", "--print-address", f"--config-file={tmp_path / 'bus.conf'}"],
                          stdout=subprocess.PIPE) as daemon:
        assert daemon.stdout is not None and daemon.stdout.readline()       # it listens: the socket's name comes before
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={path}")
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={path}")
        yield str(path)
        daemon.terminate()
        daemon.wait(20)


class Service:
    """Owns a name on the bus and answers each method with what ``says`` gives for its last argument or its name."""

    def __init__(self, name: str, says: dict[str, tuple[str, object]]) -> None:
        from jeepney.bus_messages import message_bus
        from jeepney.io.blocking import open_dbus_connection
        self.says = says
        self.heard: list[tuple[str, tuple[object, ...]]] = []      # method and arguments
        self._bus = open_dbus_connection("SESSION")
        self._bus.send_and_get_reply(message_bus.RequestName(name), timeout=20)
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bus-service", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        from jeepney import HeaderFields, MessageType, new_error, new_method_return
        while not self._ends.is_set():
            try:
                asked = self._bus.receive(timeout=0.05)
            except TimeoutError:
                continue
            if asked.header.message_type is not MessageType.method_call:
                continue
            self.heard.append((asked.header.fields[HeaderFields.member], asked.body))
            known = self.says.get(asked.body[-1] if asked.body else asked.header.fields[HeaderFields.member])
            self._bus.send(new_error(asked, "org.example.No") if known is None
                           else new_method_return(asked, known[0], (known[1],)))

    def close(self) -> None:
        self._ends.set()
        self._thread.join(20)
        self._bus.close()


def test_a_session_that_is_locked_or_not_on_the_screens(bus):
    service = Service("org.freedesktop.login1", {"LockedHint": ("v", ("b", False)), "Active": ("v", ("b", True))})
    session = Session()
    try:
        assert session.look() is None
        service.says["Active"] = ("v", ("b", False))
        assert session.look() is Dark.AWAY
        service.says["LockedHint"] = ("v", ("b", True))
        assert session.look() is Dark.LOCKED
        service.says.clear()
        with pytest.raises(OSError):
            session.look()
    finally:
        session.close()
        service.close()


def test_a_screen_saver_that_is_on_and_one_that_comes_later(bus, monkeypatch):
    monkeypatch.setattr("app.runtime.bus_darkness.ASK_AGAIN_LOOKS", 1)
    savers = ScreenSavers()
    service = None
    try:
        assert savers.look() is None
        service = Service("org.gnome.ScreenSaver", {"GetActive": ("b", True)})
        assert savers.look() is None, "it was not there, and is not asked each time"
        assert savers.look() is Dark.SAVER
        service.says["GetActive"] = ("b", False)
        assert savers.look() is None
    finally:
        savers.close()
        if service is not None:
            service.close()


def test_no_bus_is_an_os_error(monkeypatch, tmp_path):
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'none'}")
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path / 'none'}")
    for make in (Session, ScreenSavers, Inhibition):
        with pytest.raises(OSError):
            make()


def test_a_saver_waits_as_long_as_a_wall_is_on_a_screen(bus):
    """MATE's here: names are tried in turn, and what a saver was told is taken back, not forgotten."""
    saver = Service("org.mate.ScreenSaver", {"A video wall is on the screen": ("u", 7)})
    vigil = Vigil([Inhibition], renew_s=0.05)
    vigil.start()
    try:
        assert not vigil.holding and not saver.heard
        vigil.want(True)
        until(lambda: vigil.holding)
        assert saver.heard[0] == ("Inhibit", ("Lawang", "A video wall is on the screen"))
        until(lambda: ("UnInhibit", (7,)) in saver.heard)        # renewed: a new word, and only then the old one back
        assert [word for word, _said in saver.heard[:3]] == ["Inhibit", "Inhibit", "UnInhibit"]
        vigil.want(False)
        until(lambda: not vigil.holding)
        until(lambda: balance(saver) == 0)
        vigil.want(True)
        until(lambda: vigil.holding and balance(saver) > 0)
        assert vigil.close()
        until(lambda: balance(saver) == 0)
        assert not vigil.holding, "the program's end lets go"
    finally:
        vigil.close()
        saver.close()


def test_a_saver_that_comes_later_or_anew_is_told_as_well(bus):
    vigil = Vigil([Inhibition], renew_s=0.05)
    vigil.start()
    vigil.want(True)
    try:
        for _start in range(2):
            saver = Service("org.freedesktop.ScreenSaver", {"A video wall is on the screen": ("u", 1)})
            until(lambda: vigil.holding)
            assert saver.heard[0][0] == "Inhibit"
            saver.close()
            until(lambda: not vigil.holding)
    finally:
        assert vigil.close()


def balance(saver: Service) -> int:
    words = [word for word, _said in saver.heard]
    return words.count("Inhibit") - words.count("UnInhibit")


@pytest.mark.screen
def test_the_saver_of_a_real_server_waits_until_it_is_let_go(display):
    if not shutil.which("xset"):
        pytest.skip("there is no xset to set the saver with")
    screen, held = XScreen(display.name), Suspension(display.name)
    try:
        subprocess.run(["xset", "-display", display.name, "s", "1", "s", "noblank"], check=True, timeout=20)
        threading.Event().wait(2.0)
        assert screen.look() is None, "a second without a key has gone by twice"
        held.renew()
        held.close()
        until(lambda: screen.look() is Dark.SAVER)
    finally:
        subprocess.run(["xset", "-display", display.name, "s", "reset", "s", "default"], check=True, timeout=20)
        screen.close()
