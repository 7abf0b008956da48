"""A parser that speaks the operator's language: argparse itself knows only the system's, and leaves in the middle."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from app.model.errors import OperatorError
from app.runtime.language import gettext as _
from app.runtime.language import mark as N_

# What argparse complains of, with the sentence for it; the first group is what the sentence names.
COMPLAINTS = (
    (re.compile(r"unrecognized arguments: (.*)"), N_("“{what}” is not known here")),
    (re.compile(r"argument (\S+): expected .*"), N_("{what} needs a value")),
    (re.compile(r"argument (\S+): (?:invalid|not allowed|ignored).*"), N_("The value of {what} does not fit")),
    (re.compile(r"argument \S+: invalid choice: '([^']*)'.*"), N_("“{what}” is not known here")),
    (re.compile(r"the following arguments are required: (.*)"), N_("Something is missing: {what}")),
    (re.compile(r"ambiguous option: (\S+).*"), N_("“{what}” could mean several flags")),
)


class Formatter(argparse.HelpFormatter):
    """Help whose own words are translated too."""

    def add_usage(self, usage: str | None, actions: Iterable[argparse.Action], groups: Iterable[Any],
                  prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, _("usage: ") if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        words = {"options": _("flags"), "positional arguments": _("words")}
        super().start_section(words.get(heading or "", heading))


class Parser(argparse.ArgumentParser):
    """Complaints become OperatorError; subparsers made from it are of the same kind."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**{"formatter_class": Formatter, **given, "add_help": False})
        self.add_argument("-h", "--help", action="help", help=_("show this help"))

    def error(self, message: str) -> NoReturn:
        # "invalid choice" also fits the wider pattern above it: the last one that fits is the closest.
        fitting = [(pattern.fullmatch(message), text) for pattern, text in COMPLAINTS if pattern.fullmatch(message)]
        if fitting:
            match, text = fitting[-1]
            message = _(text).format(what=match[1] if match else "")
        raise OperatorError(_("{message}. See: {program} --help").format(
            message=message[:1].upper() + message[1:].rstrip("."), program=self.prog))
