"""Collects the texts of the source into resources/locale/{id,en}: `make messages`. Translations are kept.

With --check it writes nothing and fails when a text of the source is missing, left over or not translated.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from app.runtime.language import DOMAIN, LANGUAGES, SOURCE, catalogue_path  # noqa: E402   (needs the path above)

ROOMS = ("app", "widgets")
PLURALS = {"id": "nplurals=1; plural=0;", "en": "nplurals=2; plural=(n != 1);"}   # CLDR; babel's own table lacks id
KEYWORDS = {"_": None, "gettext": None, "N_": None, "mark": None, "ngettext": (1, 2)}


def collected(language: str) -> Catalog:
    """Every text of the source, with the file but not the line: lines change daily and say nothing to translators."""
    found = Catalog(locale=language, domain=DOMAIN, project="lawang", fuzzy=False)
    found.mime_headers = [("Plural-Forms", PLURALS[language])]
    for room in ROOMS:
        found_there = extract_from_dir(ROOT / room, [("**.py", "python")], {"**.py": {"encoding": "utf-8"}}, KEYWORDS,
                                       comment_tags=("L10N:",))
        for name, _line, message, comments, context in found_there:
            found.add(message, None, [(f"{room}/{name}", 0)], auto_comments=comments, context=context)
    return found


def updated(language: str) -> Catalog:
    """The catalogue brought level: new texts are empty, gone ones leave, translations stay."""
    path = catalogue_path(language)
    old = Catalog(locale=language)
    if path.exists():
        with path.open("rb") as file:
            old = read_po(file, locale=language, domain=DOMAIN)
    fresh = collected(language)
    for message in fresh:
        known = old.get(message.id) if message.id else None
        if known is not None and not known.fuzzy:
            forms = known.string
            message.string = forms[:fresh.num_plurals] if isinstance(forms, tuple) else forms
    return fresh


def text_of(catalogue: Catalog) -> bytes:
    """As it is written: sorted, without dates, so that two runs give the same file."""
    file = io.BytesIO()
    write_po(file, catalogue, width=120, sort_output=True, include_lineno=False, omit_header=True)
    head = ["", f"Language: {catalogue.locale}", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit", f"Plural-Forms: {catalogue.plural_forms}"]
    header = 'msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in head[1:]) + "\n"
    return header.encode() + file.getvalue()


def untranslated(catalogue: Catalog) -> list[str]:
    """Texts without a translation; the source language needs none."""
    if str(catalogue.locale) == SOURCE:
        return []
    return [str(m.id) for m in catalogue if m.id and not (all(m.string) if isinstance(m.string, tuple | list)
                                                          else m.string)]


def _texts_in(path: Path, language: str) -> set[object]:
    with path.open("rb") as file:
        return {message.id for message in read_po(file, locale=language, domain=DOMAIN) if message.id}


def main(words: list[str]) -> int:
    behind = False
    for language in LANGUAGES:
        catalogue = updated(language)
        text = text_of(catalogue)
        path = catalogue_path(language)
        missing = untranslated(catalogue)
        behind |= bool(missing) or _texts_in(path, language) != {m.id for m in catalogue if m.id}
        if "--check" not in words:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text)
        sys.stdout.write(f"{language}: {len(catalogue)} texts, {len(missing)} not translated\n")
    return int("--check" in words and behind)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
