"""Where the key is kept: file, keyring, passphrase; real back ends only, a time limit, what is said when it is away."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.model.errors import OperatorError
from app.model.secret import NOTHING, Secret
from app.runtime import desktop_keyring, passphrase
from app.runtime.desktop_keyring import DesktopKeyring, NoKeyring
from app.runtime.key_store import Kept, PassphraseNeeded
from app.runtime.secrets import PASSPHRASE_FILE, Vault, forget_passphrase, mark_of

PASSWORD, PHRASE = Secret("Rahasia-Palapa-77"), Secret("tujuh perahu di Losari")


class FakeBackend:
    """What the keyring package calls a back end, in memory."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, name: str) -> str | None:
        return self.entries.get((service, name))

    def set_password(self, service: str, name: str, text: str) -> None:
        self.entries[service, name] = text

    def delete_password(self, service: str, name: str) -> None:
        del self.entries[service, name]


@pytest.fixture(autouse=True)
def _cheap_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Argon2 with little memory: what is tried here is the keeping, not its slowness."""
    monkeypatch.setattr(passphrase, "MEMORY_KIB", 64)
    monkeypatch.delenv(PASSPHRASE_FILE, raising=False)
    yield
    forget_passphrase()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "registry.key"


def moved(vault: Vault, kept: Kept, secret: Secret = NOTHING) -> None:
    change = vault.begin_change(kept, secret)
    change.publish()
    change.finish()


def test_the_first_key_is_in_the_keyring_where_one_answers(file: Path) -> None:
    backend = FakeBackend()
    vault = Vault(file, DesktopKeyring(lambda: backend))
    sealed = vault.seal(PASSWORD, "x")
    assert vault.kept is Kept.KEYRING and len(backend.entries) == 1
    assert b"keyring" in file.read_bytes() and len(file.read_bytes()) < 200
    assert Vault(file, DesktopKeyring(lambda: backend)).open(sealed, "x") == PASSWORD
    assert file.stat().st_mode & 0o077 == 0


def test_the_first_key_is_in_a_file_where_none_does(file: Path) -> None:
    def none() -> FakeBackend:
        raise NoKeyring("no real keyring is installed")
    vault = Vault(file, DesktopKeyring(none))
    sealed = vault.seal(PASSWORD, "x")
    assert vault.kept is Kept.FILE and len(file.read_bytes()) == 32
    assert Vault(file).open(sealed, "x") == PASSWORD


def test_a_keyring_that_forgets_is_no_keyring(file: Path) -> None:
    class Forgets(FakeBackend):
        def set_password(self, service: str, name: str, text: str) -> None:
            pass
    backend = Forgets()
    vault = Vault(file, DesktopKeyring(lambda: backend))
    vault.seal(PASSWORD, "x")
    assert vault.kept is Kept.FILE


def test_back_ends_that_keep_nothing_or_plain_text_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    from keyring import backend
    from keyring.backends import fail, null

    class PlaintextKeyring(FakeBackend):
        priority = 99
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    monkeypatch.setattr(backend.KeyringBackend, "get_viable_backends",
                        classmethod(lambda cls: {fail.Keyring, null.Keyring, PlaintextKeyring}))
    with pytest.raises(NoKeyring, match="no real keyring"):
        desktop_keyring.find_backend()


def test_without_a_session_bus_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/nowhere")
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(NoKeyring, match="no session bus"):
        desktop_keyring.find_backend()


def test_a_throwaway_profile_leaves_nothing_in_the_desktop_s_keyring(lawang_home: Path) -> None:
    assert desktop_keyring.of_this_user() is None


def test_a_keyring_that_hangs_is_given_up(file: Path) -> None:
    go = threading.Event()
    keyring = DesktopKeyring(lambda: go.wait(30) and None, limit_s=0.05)
    with pytest.raises(NoKeyring, match="did not answer"):
        keyring.get("x")
    vault = Vault(file, keyring)
    vault.seal(PASSWORD, "x")
    assert vault.kept is Kept.FILE
    go.set()
    for thread in [t for t in threading.enumerate() if t.name == "keyring"]:
        thread.join(20)


def test_a_failing_keyring_tells_no_text_of_its_error() -> None:
    def fails() -> FakeBackend:
        raise RuntimeError(PASSWORD.reveal())
    with pytest.raises(NoKeyring) as told:
        DesktopKeyring(fails).get("x")
    assert PASSWORD.reveal() not in str(told.value) and "RuntimeError" in str(told.value)


def test_from_place_to_place_old_texts_open_and_new_ones_bear_another_mark(file: Path) -> None:
    backend = FakeBackend()
    keyring = DesktopKeyring(lambda: backend)
    vault = Vault(file)
    old = vault.seal(PASSWORD, "x")
    vault = Vault(file, keyring)
    for kept, secret in ((Kept.KEYRING, NOTHING), (Kept.PASSPHRASE, PHRASE), (Kept.KEYRING, NOTHING),
                         (Kept.FILE, NOTHING)):
        moved(vault, kept, secret)
        assert vault.kept is kept and vault.open(old, "x") == PASSWORD
        new = vault.seal(PASSWORD, "x")
        assert mark_of(new) != mark_of(old) and Vault(file, keyring).open(new, "x") == PASSWORD
        assert len(backend.entries) == (kept is Kept.KEYRING), "an entry that is not in force stays behind"
    assert file.stat().st_mode & 0o077 == 0


def test_a_running_vault_follows_another_program_s_new_key(file: Path) -> None:
    here, there = Vault(file), Vault(file)
    old = here.seal(PASSWORD, "x")
    moved(there, Kept.FILE)
    new = there.seal(PASSWORD, "x")
    assert here.open(new, "x") == PASSWORD and here.open(old, "x") == PASSWORD
    assert mark_of(here.seal(PASSWORD, "x")) == mark_of(new)


def test_under_a_passphrase_nothing_opens_without_it(file: Path) -> None:
    vault = Vault(file)
    vault.seal(PASSWORD, "x")
    moved(vault, Kept.PASSPHRASE, PHRASE)
    sealed = vault.seal(PASSWORD, "x")
    content = file.read_bytes()
    assert PHRASE.reveal().encode() not in content
    forget_passphrase()
    later = Vault(file)
    assert later.needs_passphrase() and later.open(sealed, "x") is None
    with pytest.raises(PassphraseNeeded):
        later.seal(PASSWORD, "x")
    assert not later.give_passphrase(Secret("wrong")) and later.needs_passphrase()
    assert later.give_passphrase(PHRASE) and not later.needs_passphrase()
    assert later.open(sealed, "x") == PASSWORD


def test_the_passphrase_from_a_file(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = Vault(file)
    vault.seal(PASSWORD, "x")
    moved(vault, Kept.PASSPHRASE, PHRASE)
    forget_passphrase()
    named = tmp_path / "phrase"
    named.write_text(PHRASE.reveal() + "\n", "utf-8")
    monkeypatch.setenv(PASSPHRASE_FILE, os.fspath(named))
    assert not Vault(file).needs_passphrase()
    named.unlink()
    with pytest.raises(OperatorError, match="cannot be read"):
        Vault(file).needs_passphrase()


def test_a_wrong_passphrase_is_not_tried_for_each_camera(file: Path, tmp_path: Path,
                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    vault = Vault(file)
    moved(vault, Kept.PASSPHRASE, PHRASE)
    sealed = [vault.seal(PASSWORD, str(i)) for i in range(50)]
    forget_passphrase()
    (tmp_path / "phrase").write_text("wrong")
    monkeypatch.setenv(PASSPHRASE_FILE, os.fspath(tmp_path / "phrase"))
    tried: list[Secret] = []
    derived = passphrase.derived
    monkeypatch.setattr(passphrase, "derived", lambda secret, *rest: tried.append(secret) or derived(secret, *rest))
    later = Vault(file)
    assert [later.open(one, str(i)) for i, one in enumerate(sealed)] == [None] * 50
    assert len(tried) == 1


def test_a_keyring_that_is_away_closes_the_passwords_not_the_registry(file: Path) -> None:
    backend = FakeBackend()
    sealed = Vault(file, DesktopKeyring(lambda: backend)).seal(PASSWORD, "x")
    asked: list[int] = []

    def locked() -> FakeBackend:
        asked.append(1)
        raise NoKeyring("locked")
    vault = Vault(file, DesktopKeyring(locked))
    assert vault.open(sealed, "x") is None and vault.open(sealed, "x") is None
    assert len(asked) == 1 and not vault.ready()
    with pytest.raises(OperatorError, match="Unlock the keyring"):
        vault.seal(PASSWORD, "x")


@pytest.mark.parametrize("content", [b"", b"x" * 31, b"x" * 33, b"x" * 32 * 9, b'{"kept": "passphrase"}',
                                     b'{"kept": "passphrase", "salt": "!", "nonce": "", "sealed": "",'
                                     b' "iterations": 1, "lanes": 1, "memory_kib": 64}',
                                     b'{"kept": "passphrase", "salt": "AAAAAAAAAAAAAAAAAAAAAA==", "nonce": "",'
                                     b' "sealed": "", "iterations": 9999999, "lanes": 1, "memory_kib": 99999999}'])
def test_a_damaged_key_file_is_said(file: Path, content: bytes, monkeypatch: pytest.MonkeyPatch,
                                    tmp_path: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    (tmp_path / "phrase").write_text("x")
    monkeypatch.setenv(PASSPHRASE_FILE, os.fspath(tmp_path / "phrase"))
    with pytest.raises(OperatorError, match="damaged"):
        Vault(file).seal(PASSWORD, "x")
    assert file.read_bytes() == content


def test_the_parameters_are_those_of_rfc_9106() -> None:
    """Section 4, second recommended option; a PHC text tells them."""
    text = passphrase._argon2(b"0123456789abcdef", 3, 4, 64 * 1024).derive_phc_encoded(b"x")
    assert "m=65536,t=3,p=4" in text
    assert (passphrase.ITERATIONS, passphrase.LANES) == (3, 4)
    assert passphrase.matches(Secret("x"), Secret(text)) and not passphrase.matches(Secret("y"), Secret(text))
    assert not passphrase.matches(Secret("x"), Secret("no phc"))
