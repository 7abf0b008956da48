"""The operator's language: gettext read from the .po files at start, switched while the program runs.

Runs on: any thread may translate; ``set_language`` and ``language_changed`` belong to the GUI thread.
Texts are translated when they are shown, never when a module is imported.
"""

from __future__ import annotations

import locale
import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from gettext import c2py
from pathlib import Path
from string import Formatter

from psygnal import SignalInstance

from app.runtime import paths

LANGUAGES = ("id", "en")
SOURCE = "en"                       # the language of the msgids
DOMAIN = "lawang"
_PERCENT = re.compile(r"%(?:\([^)]+\))?[#0\- +]*\d*(?:\.\d+)?[sdifgrxX]")

language_changed: SignalInstance = SignalInstance((str,), name="language_changed")

_log = logging.getLogger("lawang.language")


@dataclass(frozen=True, slots=True)
class Refused:
    """A translation that is not used, and why."""

    msgid: str
    translation: str
    reason: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language's texts. ``plural`` maps a count to an index into the forms."""

    language: str
    singular: Mapping[str, str] = field(default_factory=dict)
    plurals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    plural: Callable[[int], int] = field(default=lambda n: int(n != 1))
    refused: tuple[Refused, ...] = ()


def placeholders(text: str) -> tuple[str, ...]:
    """The ``{fields}`` and ``%s`` of a text, sorted. Raises ValueError when a brace does not close."""
    fields = (name for _, name, _, _ in Formatter().parse(text) if name is not None)
    return tuple(sorted([*fields, *_PERCENT.findall(text)]))


def _fault(source: str, translation: str) -> str:
    """Why this translation may not be used, or "". A text that Python cannot format is no format on either side."""
    try:
        wanted = placeholders(source)
    except ValueError:
        return ""
    try:
        found = placeholders(translation)
    except ValueError as error:
        return str(error)
    return "" if wanted == found else f"fields {found} where the source has {wanted}"


def _forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    if not text:
        return ()
    return (text,) if isinstance(text, str) else tuple(text)


def _pairs(msgid: tuple[str, ...], forms: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for form in forms:
        # "one camera" need not name its number; every other form is held to the plural.
        first = form is forms[0] and len(forms) > 1
        yield (msgid[0] if first else msgid[-1]), form


def read_catalogue(path: Path, language: str) -> Catalogue:
    """Read one .po file; unfinished and fuzzy entries are left out, entries with other fields are refused.

    Raises OSError when the file is missing.
    """
    # Workers translate nothing, but some of what they import may: babel costs 3 MB and 40 ms.
    from babel.messages.pofile import read_po
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language, domain=DOMAIN)
    singular: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    refused: list[Refused] = []
    for message in catalogue:
        msgid, forms = _forms(message.id), _forms(message.string)
        if not msgid or message.fuzzy or not forms or not all(forms):
            continue
        faults = [Refused(source, form, fault) for source, form in _pairs(msgid, forms)
                  if (fault := _fault(source, form))]
        if faults:
            refused += faults
        elif len(msgid) == 1:
            singular[msgid[0]] = forms[0]
        else:
            plurals[msgid[0]] = forms
    for entry in refused:
        _log.error("translation to %s refused: %r -> %r: %s", language, entry.msgid, entry.translation, entry.reason)
    return Catalogue(language, singular, plurals, c2py(catalogue.plural_expr), tuple(refused))


_current = Catalogue(SOURCE)


def catalogue_path(language: str) -> Path:
    """Where the catalogue of that language lies."""
    return paths.locale_dir() / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def system_language() -> str:
    """Indonesian when the system speaks it, else English; gettext's order of variables."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        text = os.environ.get(name, "")
        if text:
            break
    else:
        text = locale.getlocale()[0] or ""
    # "in" is the code of Indonesian that old Java and Android systems still write; Windows writes the name.
    return "id" if re.match(r"(id|in)([_.@-]|$)|indonesian", text, re.IGNORECASE) else SOURCE


def set_language(language: str = "") -> str:
    """Switch; "" follows the system. Tells listeners when it changed. Returns the language in force.

    Raises ValueError for a language that has no catalogue. A catalogue that cannot be read leaves the source texts.
    """
    global _current
    language = language or system_language()
    if language not in LANGUAGES:
        raise ValueError(f"no catalogue for language {language!r}; there are {', '.join(LANGUAGES)}")
    before = _current.language
    try:
        _current = read_catalogue(catalogue_path(language), language)
    except OSError as error:
        _log.error("no texts in %s, showing English: %s", language, error)
        _current = Catalogue(language)
    if language != before:
        language_changed.emit(language)
    return language


def current_language() -> str:
    """"id" or "en"."""
    return _current.language


def gettext(msgid: str) -> str:
    """The text in the operator's language; the English source when it is not translated."""
    return _current.singular.get(msgid, msgid)


def ngettext(one: str, many: str, n: int) -> str:
    """The form for ``n``; still holds its fields, the caller formats it."""
    forms = _current.plurals.get(one)
    if forms is None:
        return one if n == 1 else many
    return forms[min(_current.plural(n), len(forms) - 1)]


def mark(msgid: str) -> str:
    """Mark a text of a table for the catalogue; it is translated where it is shown."""
    return msgid
