"""The front door: reads the command line, builds a station, opens its windows, closes everything in order."""

from __future__ import annotations

import gc
import linecache
import sys

from app.cli.checks import screen
from app.cli.checks.finding import Verdict
from app.cli.front import main as front
from app.cli.options import WallOptions
from app.model.errors import OperatorError


def open_wall(options: WallOptions) -> int:
    """Open the windows of a station and stay until they are closed; returns the exit code.

    Qt is imported here and not above: `cameras list` and `doctor` work on a machine without a screen.
    """
    # Qt aborts the process without a screen or its libraries; a person gets the sentence instead.
    for finding in (*screen.display(), *screen.libraries()):
        if finding.verdict is Verdict.BAD:
            raise OperatorError(f"{finding.sentence}\n  → {finding.mend}")
    from app.cli import rekey
    from app.registry.errors import DamagedRegistry
    from app.registry.registry import vault_of_this_user
    from app.station import Station, StationOptions
    from widgets.application import run
    from widgets.assistant import answers, assistant, damaged, passphrase
    # Qt for Python looks for its name in the text of every module that is imported, and the texts stay: 7 MB.
    linecache.clearcache()
    # What is loaded now stays: the collector need not walk it again and again beside 64 panes of small objects.
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    if answers.needed(options) and (told := assistant.ask()) is not None:
        options = answers.prepare(told, options)
    vault = vault_of_this_user()
    if vault.needs_passphrase():
        if sys.stdin is not None and sys.stdin.isatty():
            rekey.unlock_in_terminal(vault)
        else:
            passphrase.ask(vault)
    given = StationOptions(options.registry, options.demo_port, options.language, dict(options.demo_services))
    try:
        station = Station(given)
    except DamagedRegistry as damage:
        if not damaged.offer(damage):
            raise
        station = Station(given)
    try:
        if options.arrived is not None:
            options.arrived.connect(station.retry)
        return run(station, options)
    finally:
        station.close()


def main() -> int:
    return front(sys.argv[1:], open_wall)


if __name__ == "__main__":
    sys.exit(main())
