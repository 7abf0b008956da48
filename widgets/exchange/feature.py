"""The undo of the last import as a command, also after a restart. Runs on: GUI thread."""

from __future__ import annotations

from app.registry.exchange.work import ExchangeWork
from app.registry.imports import LastImport
from app.runtime.language import gettext as _
from widgets.common import hop_to_gui
from widgets.window.shell import Shell


class ImportUndo:
    """One for all windows."""

    def __init__(self, shell: Shell) -> None:
        self._done = shell.done
        self._work = ExchangeWork(shell.station.registry.submit)
        hop_to_gui(self._work.undone, self._undone, shell.owner)
        hop_to_gui(self._work.failed, shell.tell, shell.owner)
        shell.station.dispatcher.bind("register.undo-import", self._work.undo)

    def close(self) -> None:
        """Nothing is told any more."""
        self._work.close()

    def _undone(self, last: LastImport) -> None:
        self._done(_("The import of {file} is undone: {added} cameras removed, {changed} as they were before.").format(
            file=last.file, added=last.added, changed=last.changed))


def install(shell: Shell) -> ImportUndo:
    """Binds the command."""
    return ImportUndo(shell)
