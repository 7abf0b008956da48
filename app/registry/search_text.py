"""What an operator typed into a search field, taken apart: words, and filters such as ``owner:dishub`` or ``risk:red``.

Pure text work, no SQL. Filters are known by English and Indonesian names in both languages: an operator who learned one
language does not lose them in the other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.model.pane import PaneState
from app.model.register import Risk

MOST_WORDS = 8              # of one question: nobody types more, and each costs one look into the index
LONGEST_WORD = 40           # letters; what is longer is cut
_WORD = re.compile(r"[^\W_]+")
_PIECE = re.compile(r'([^\W\d_]+):(?=\s|$)|(?:([^\W\d_]+):)?("[^"]*"?|\S+)')


class Field(StrEnum):
    """What a filter looks at."""

    OWNER = "owner"
    AREA = "area"
    TAG = "tag"
    RISK = "risk"
    STATE = "state"


class StateWord(StrEnum):
    """States that can be filtered by: those of a camera on some pane, all that is wrong, and on no pane."""

    LIVE = "live"
    LATE = "late"
    FROZEN = "frozen"
    LOST = "lost"
    REFUSED = "refused"
    PROBLEM = "problem"
    OFF = "off"


# The first name of each is English, the second Indonesian: those are offered; the others are understood as well.
FIELD_NAMES: Mapping[Field, tuple[str, ...]] = {
    Field.OWNER: ("owner", "pemilik"),
    Field.AREA: ("area", "wilayah", "daerah"),
    Field.TAG: ("tag", "label", "penanda"),
    Field.RISK: ("risk", "risiko", "resiko"),
    Field.STATE: ("state", "keadaan", "status"),
}
RISK_NAMES: Mapping[Risk, tuple[str, ...]] = {
    Risk.RED: ("red", "merah"), Risk.YELLOW: ("yellow", "kuning"), Risk.GREEN: ("green", "hijau"),
    Risk.NONE: ("none", "tanpa"),
}
STATE_NAMES: Mapping[StateWord, tuple[str, ...]] = {
    StateWord.LIVE: ("live", "langsung"), StateWord.LATE: ("late", "lambat"), StateWord.FROZEN: ("frozen", "beku"),
    StateWord.LOST: ("lost", "terputus"), StateWord.REFUSED: ("refused", "ditolak"),
    StateWord.PROBLEM: ("problem", "bermasalah"), StateWord.OFF: ("off", "padam"),
}
_FIELDS: Mapping[str, Field] = {name: kind for kind, names in FIELD_NAMES.items() for name in names}
WRONG_STATES = frozenset({PaneState.FROZEN, PaneState.LOST, PaneState.REFUSED})


@dataclass(frozen=True, slots=True)
class Asked:
    """A search field's text. ``words`` are folded; each filter's values are words that must all be there, and of
    several values of one field any will do. ``risks`` and ``states`` are None without such a filter."""

    words: tuple[str, ...] = ()
    filters: Mapping[Field, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    risks: frozenset[Risk] | None = None
    states: frozenset[StateWord] | None = None

    def __bool__(self) -> bool:
        return bool(self.words or self.filters or self.risks is not None or self.states is not None)

    def wants(self, state: PaneState | None) -> bool:
        """Whether the state filter lets a camera in this state through; None is a camera on no pane."""
        if self.states is None:
            return True
        if state is None or state is PaneState.EMPTY:
            return StateWord.OFF in self.states
        return state.value in self.states or (StateWord.PROBLEM in self.states and state in WRONG_STATES)


def fold(text: str) -> str:
    """Lower case without accents, as the index keeps it (unicode61 with remove_diacritics)."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text.casefold()).casefold())   # "🄐" holds an A
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def words_of(text: str) -> tuple[str, ...]:
    """The folded words and numbers of a text; what lies between letters and digits parts them."""
    return tuple(_WORD.findall(fold(text)))


def taken_apart(text: str) -> Asked:
    """The words and filters of a search field. A filter without value yet, or of an unknown name, is no filter."""
    words: list[str] = []
    filters: dict[Field, tuple[tuple[str, ...], ...]] = {}
    risks: frozenset[Risk] | None = None
    states: frozenset[StateWord] | None = None
    for piece in _PIECE.finditer(text):
        empty, name, value = piece.groups()
        kind = _FIELDS.get(fold(name or empty or ""))
        if kind is None:
            words += words_of(piece.group())
            continue
        parts = tuple(part[:LONGEST_WORD] for part in words_of(value or ""))
        if not parts:
            continue
        if kind is Field.RISK:
            risks = (risks or frozenset()) | _named(parts[0], RISK_NAMES)
        elif kind is Field.STATE:
            states = (states or frozenset()) | _named(parts[0], STATE_NAMES)
        else:
            filters[kind] = (*filters.get(kind, ()), parts)
    return Asked(tuple(word[:LONGEST_WORD] for word in words[:MOST_WORDS]), filters, risks, states)


def filter_text(kind: Field, value: str, language: str) -> str:
    """How a filter is written into the field: ``pemilik:"Dishub Makassar"``."""
    names = FIELD_NAMES[kind]
    name = names[1] if language == "id" else names[0]
    return f'{name}:"{value.replace(chr(34), "")}"' if len(value.split()) != 1 else f"{name}:{value}"


def value_name(names: Iterable[str], language: str) -> str:
    """The offered one of a value's names (RISK_NAMES, STATE_NAMES)."""
    english, indonesian, *_others = names
    return indonesian if language == "id" else english


def with_filter(text: str, kind: Field, value: str, language: str) -> str:
    """The field's text with this filter in place of others of its kind; ``value`` "" takes them away."""
    kept = [piece.group().strip() for piece in _PIECE.finditer(text)
            if _FIELDS.get(fold(piece.group(1) or piece.group(2) or "")) is not kind]
    return " ".join([*kept, filter_text(kind, value, language)] if value else kept)


def _named[T](typed: str, names: Mapping[T, tuple[str, ...]]) -> frozenset[T]:
    """The values whose name begins so; an exact name means that one alone."""
    exact = frozenset(value for value, known in names.items() if typed in known)
    return exact or frozenset(value for value, known in names.items() if any(n.startswith(typed) for n in known))
