"""The front door of every subcommand: reads the words, sets language and logs, turns trouble into one sentence."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence

from app.cli import cameras, demo, doctor, record, station, storage, verify, wall
from app.cli.options import WallOptions, add_common, language_code
from app.cli.parser import Parser
from app.model.errors import OperatorError
from app.runtime import language, log
from app.runtime.language import gettext as _

type RunWall = Callable[[WallOptions], int]

COMMANDS = ("wall", "demo", "cameras", "doctor", "record", "storage", "verify", "station")
WRONG_WORDS = 2             # the exit code of getopt and argparse for a wrong command line
INTERRUPTED = 130           # 128 + SIGINT, what a shell reports


def build_parser(run_wall: RunWall) -> Parser:
    """All subcommands; ``given.run(given)`` does the work and returns the exit code."""
    parser = Parser(prog="main.py", description=_(
        "Lawang: a video wall for control rooms. Without a subcommand: wall."))
    commands = parser.add_subparsers(dest="command", metavar="|".join(COMMANDS), required=True)
    for name, text, add in (
        ("wall", _("open the wall on your registry"), lambda p: wall.add(p, run_wall)),
        ("demo", _("open the wall on the demo city, or make its cameras misbehave"), lambda p: demo.add(p, run_wall)),
        ("cameras", _("import and list cameras"), cameras.add),
        ("doctor", _("what this machine has and lacks"), doctor.add),
        ("record", _("record without windows, and say which cameras are recorded when"), record.add),
        ("storage", _("what recordings take, and what they would need"), storage.add),
        ("verify", _("check a package of clips that was handed out, or one clip"), verify.add),
        ("station", _("the certificate with which this station signs clips"), station.add),
    ):
        command = commands.add_parser(name, help=text, description=text)
        add_common(command)
        add(command)
    return parser


def _with_command(words: Sequence[str]) -> list[str]:
    """``main.py --layout 4x4`` means ``main.py wall --layout 4x4``."""
    if words and (words[0] in ("-h", "--help") or not words[0].startswith("-")):
        return list(words)
    return ["wall", *words]


def _language_of(words: Sequence[str]) -> str:
    """The language for help and complaints, looked up before anything can go wrong."""
    for index, word in enumerate(words):
        if word == "--language" and index + 1 < len(words):
            return language_code(words[index + 1])
        if word.startswith("--language="):
            return language_code(word.partition("=")[2])
    return ""


def main(words: Sequence[str], run_wall: RunWall) -> int:
    """Run one command line; returns the exit code. ``run_wall`` opens windows until they are closed."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")      # as stderr: no answer is lost for one sign of a name
    try:
        language.set_language()
        language.set_language(_language_of(words))
        full = _with_command(words)
        if full and full[0] not in (*COMMANDS, "-h", "--help"):
            raise OperatorError(_("There is no “{word}”. Known: {known}.").format(
                word=full[0], known=", ".join(COMMANDS)))
        given = build_parser(run_wall).parse_args(full)
        return _run(given)
    except OperatorError as trouble:
        print(trouble, file=sys.stderr)
        return WRONG_WORDS
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # `cameras list | head`: the reader has seen enough. Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(given: argparse.Namespace) -> int:
    running = log.start("desktop" if given.command in ("wall", "demo") else "command", given.log or ())
    undo = log.install_crash_hook(running)
    try:
        code: int = given.run(given)
        return code
    except OperatorError as trouble:
        log.logger("cli").info("ended with: %s", trouble)
        raise
    except (KeyboardInterrupt, BrokenPipeError):
        raise
    except Exception as bug:  # noqa: BLE001   (the top of the main thread: the hook logs it and tells the operator)
        sys.excepthook(type(bug), bug, bug.__traceback__)
        return 1
    finally:
        undo()
        running.close()

