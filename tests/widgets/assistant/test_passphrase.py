"""The small window before the wall: a wrong passphrase is told, the right one opens, Esc goes on without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from app.model.secret import Secret
from app.runtime.key_store import Kept
from app.runtime.secrets import Vault, forget_passphrase
from tests.widgets.window.conftest import until
from widgets.assistant.passphrase import PassphraseWindow

pytestmark = pytest.mark.screen
PHRASE = "tujuh perahu"


@pytest.fixture
def window(qapp: QApplication, tmp_path: Path) -> Iterator[PassphraseWindow]:
    file = tmp_path / "config" / "registry.key"
    change = Vault(file).begin_change(Kept.PASSPHRASE, Secret(PHRASE))
    change.publish()
    change.finish()
    forget_passphrase()
    window = PassphraseWindow(Vault(file))
    window.show()
    yield window
    window.join()
    window.close()
    window.deleteLater()
    forget_passphrase()


def test_until_it_opens(window: PassphraseWindow) -> None:
    told: list[bool] = []
    window.finished.connect(lambda: told.append(True))
    assert window.field.echoMode() is QLineEdit.EchoMode.Password
    QTest.keyClicks(window.field, "satu perahu")
    QTest.keyClick(window.field, Qt.Key.Key_Return)
    assert window.field.text() == ""
    until(lambda: "not the passphrase" in window.told.text())
    assert told == []
    QTest.keyClicks(window.field, PHRASE)
    QTest.keyClick(window.field, Qt.Key.Key_Return)
    until(lambda: told == [True])
    assert not window._vault.needs_passphrase()


def test_esc_goes_on_without(window: PassphraseWindow) -> None:
    told: list[bool] = []
    window.finished.connect(lambda: told.append(True))
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert told == [True] and window._vault.needs_passphrase()
