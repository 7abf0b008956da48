"""``main.py cameras rekey``: a new key for the camera passwords, or another place for it."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

from app.cli.options import add_common
from app.model.errors import OperatorError
from app.model.secret import NOTHING, Secret
from app.registry.registry import Registry, vault_of_this_user
from app.runtime import paths
from app.runtime.key_store import Kept
from app.runtime.language import gettext as _
from app.runtime.language import ngettext
from app.runtime.secrets import Vault, passphrase_in

TRIES = 3


def add(parser: argparse.ArgumentParser) -> None:
    """The flags."""
    parser.add_argument("--to", choices=[kept.value for kept in Kept], default=None,
                        help=_("where the new key is kept: the desktop's keyring, a file of this user, or under a "
                               "passphrase; without it, where it is now"))
    parser.add_argument("--passphrase-file", metavar="PATH", type=Path, default=None,
                        help=_("take the new passphrase from the first line of this file instead of asking for it"))
    add_common(parser, below=True)
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """All passwords are sealed anew, or none. Raises OperatorError."""
    path: Path = given.registry or paths.registry_path()
    if not path.exists():
        raise OperatorError(_("There is no registry at {path} yet. Make one: cameras import FILE.csv").format(
            path=path))
    vault = vault_of_this_user()
    unlock_in_terminal(vault)
    kept = Kept(given.to) if given.to else vault.kept or Kept.FILE
    new = _new_passphrase(given.passphrase_file) if kept is Kept.PASSPHRASE else NOTHING
    with Registry.open(path) as registry:
        count = registry.rekey(kept, new)
    where = {Kept.FILE: _("in the key file"), Kept.KEYRING: _("in the desktop's keyring"),
             Kept.PASSPHRASE: _("under the passphrase")}[kept]
    print(ngettext("{count} password has a new key, kept {where}.", "{count} passwords have a new key, kept {where}.",
                   count).format(count=count, where=where))
    return 0


def unlock_in_terminal(vault: Vault) -> None:
    """Asks for the passphrase when it is needed and someone sits there. Raises OperatorError after three wrong ones."""
    if not vault.needs_passphrase():
        return
    if not sys.stdin.isatty():
        raise OperatorError(_("The camera passwords are under a passphrase. Name a file with it in "
                              "LAWANG_PASSPHRASE_FILE, or run this in a terminal."))
    for _try in range(TRIES):
        if vault.give_passphrase(Secret(getpass.getpass(_("Passphrase of the camera passwords: ")))):
            return
        print(_("This is not the passphrase of the camera passwords."), file=sys.stderr)
    raise OperatorError(_("The passphrase was wrong three times."))


def _new_passphrase(file: Path | None) -> Secret:
    if file is not None:
        return passphrase_in(file)
    if not sys.stdin.isatty():
        raise OperatorError(_("There is no terminal to ask for the new passphrase. Name a file with it: "
                              "--passphrase-file PATH"))
    first = Secret(getpass.getpass(_("New passphrase: ")))
    if Secret(getpass.getpass(_("New passphrase again: "))) != first:
        raise OperatorError(_("The two passphrases differ. Nothing was changed."))
    return first
