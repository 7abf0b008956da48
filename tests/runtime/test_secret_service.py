"""The keyring of a real desktop: gnome-keyring behind a message bus of its own, with a throwaway collection."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from app.runtime.desktop_keyring import DesktopKeyring

NEEDED = ("dbus-daemon", "gnome-keyring-daemon")
BUS = """<busconfig><type>session</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/><allow user="*"/>
</policy></busconfig>"""


@pytest.fixture
def secret_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A session bus with the Secret Service on it, unlocked with a password that nobody else knows."""
    if not all(map(shutil.which, NEEDED)):
        pytest.skip("there is no gnome-keyring to try it with")
    from jeepney import DBusAddress, new_method_call
    from jeepney.io.blocking import open_dbus_connection
    path = tmp_path / "bus"
    (tmp_path / "bus.conf").write_text(BUS.format(path=path))
    for name, value in (("HOME", tmp_path), ("XDG_DATA_HOME", tmp_path / "data"), ("XDG_RUNTIME_DIR", tmp_path),
                        ("DBUS_SESSION_BUS_ADDRESS", f"unix:path={path}")):
        monkeypatch.setenv(name, str(value))
    (tmp_path / "data").mkdir()
    with subprocess.Popen(["dbus-daemon", "--nofork", "--print-address", f"--config-file={tmp_path / 'bus.conf'}"],
                          stdout=subprocess.PIPE) as bus:
        try:
            assert bus.stdout is not None and bus.stdout.readline()
            with subprocess.Popen(["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
                                  stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL) as daemon:
                try:
                    assert daemon.stdin is not None
                    daemon.stdin.write(b"throwaway")
                    daemon.stdin.close()
                    # Until it has its name on the bus; a bus without activation answers at once.
                    with open_dbus_connection("SESSION") as asking:
                        names = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
                        for _try in range(2000):
                            has = new_method_call(names, "NameHasOwner", "s", ("org.freedesktop.secrets",))
                            if asking.send_and_get_reply(has, timeout=20).body[0]:
                                break
                        else:
                            pytest.skip("gnome-keyring does not come up here")
                    yield
                finally:
                    daemon.terminate()
                    daemon.wait(20)
        finally:
            bus.terminate()
            bus.wait(20)
            with suppress(ProcessLookupError, ValueError, OSError):
                os.kill(int((tmp_path / "keyring" / "pid").read_text()), signal.SIGTERM)


def test_a_key_is_kept_read_and_taken_out(secret_service: None) -> None:
    keyring = DesktopKeyring()
    assert keyring.get("registry-7") is None
    keyring.put("registry-7", bytes(range(32)))
    assert DesktopKeyring().get("registry-7") == bytes(range(32)), "another program of this desktop reads it"
    keyring.put("registry-7", b"other")
    assert keyring.get("registry-7") == b"other"
    keyring.forget("registry-7")
    assert keyring.get("registry-7") is None
