"""``main.py doctor``: in words what this machine has and lacks, each lack with the command that mends it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable

from app.cli import measuring
from app.cli.checks import city, machine, pictures, screen
from app.cli.checks.finding import Finding, Verdict
from app.runtime.language import gettext as _

CHECKS: tuple[Callable[[], Iterable[Finding]], ...] = (
    machine.python, machine.strength, machine.shared_memory, machine.disk, machine.clock,
    pictures.libvlc, pictures.pyav, pictures.gpu,
    screen.qt, screen.display, screen.libraries, screen.fonts,
    city.gstreamer,
)
MARKS = {Verdict.GOOD: "  ✓ ", Verdict.NOTE: "  · ", Verdict.BAD: "  ✗ "}
SOMETHING_LACKS = 1


def add(parser: argparse.ArgumentParser) -> None:
    """The command's flags."""
    parser.add_argument("--measure", action="store_true",
                        help=_("measure what this machine decodes; takes half a minute, close the wall first"))
    parser.set_defaults(run=run)


def measured() -> int:
    """Measure, print and keep it; exit code 1 when that is not possible now."""
    if measuring.wall_runs():
        print(MARKS[Verdict.BAD] + _("A wall is running on this machine: close it, then measure."))
        return SOMETHING_LACKS
    ceiling = measuring.measure()
    if ceiling is None:
        print(MARKS[Verdict.BAD] + _("Nothing could be measured: the machine is busy, or libVLC shows no picture."))
        return SOMETHING_LACKS
    for sentence in measuring.sentences(ceiling):
        print(MARKS[Verdict.GOOD] + sentence)
    return 0


def run(given: argparse.Namespace) -> int:
    """Print every finding; exit code 1 when something that Lawang needs is missing."""
    if given.measure:
        return measured()
    lacks = 0
    for check in CHECKS:
        for finding in check():
            print(MARKS[finding.verdict] + finding.sentence)
            if finding.mend:
                print("      → " + finding.mend)
            lacks += finding.verdict is Verdict.BAD
    print()
    print(_("Something that Lawang needs is missing; the arrows say what mends it.") if lacks
          else _("Lawang has what it needs here."))
    return SOMETHING_LACKS if lacks else 0
