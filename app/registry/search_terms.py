"""The words that the search index knows, in memory: which of them hold a piece, and which are one typo away.

Runs on: the finder thread.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

TYPO_FROM = 4               # letters: in shorter words a typo makes another word
PIECE_FROM = 3              # letters: one or two lie within nearly every word
MOST_TERMS = 64             # per word: the question to the index stays short


class Terms:
    """Sorted, folded words. A few thousand for a city: streets, areas, owners, and what notes say."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._sorted = sorted(words)
        self._joined = "\n".join(("", *self._sorted, ""))
        self._letters = "".join(sorted(set(self._joined) - {"\n"}))

    def __len__(self) -> int:
        return len(self._sorted)

    def begins(self, start: str) -> bool:
        """Whether some word begins so."""
        place = bisect_left(self._sorted, start)
        return place < len(self._sorted) and self._sorted[place].startswith(start)

    def holding(self, piece: str) -> tuple[str, ...]:
        """Words that hold the piece after their beginning, at most MOST_TERMS; none for a piece of one or two letters.
        """
        found: list[str] = []
        if len(piece) < PIECE_FROM:
            return ()
        joined, at = self._joined, 0
        while len(found) < MOST_TERMS and (at := joined.find(piece, at)) >= 0:
            begin, end = joined.rfind("\n", 0, at) + 1, joined.find("\n", at)
            if begin != at:
                found.append(joined[begin:end])
            at = end
        return tuple(found)

    def near(self, word: str) -> tuple[tuple[str, bool], ...]:
        """(word, is a beginning) of what lies one letter too many, too few, wrong or swapped away from ``word``.

        A typo in the beginning of a word counts too, so that the list is not empty until the word is finished; a
        variant below TYPO_FROM letters must be the whole word. At most MOST_TERMS; none for short words and numbers.
        """
        if len(word) < TYPO_FROM or word.isdigit():
            return ()
        found = {}
        for variant in self._variants(word):
            if variant == word:
                continue
            if len(variant) >= TYPO_FROM:
                if self.begins(variant):
                    found[variant] = True
            elif self._has(variant):
                found[variant] = False
            if len(found) >= MOST_TERMS:
                break
        return tuple(found.items())

    def _has(self, word: str) -> bool:
        place = bisect_left(self._sorted, word)
        return place < len(self._sorted) and self._sorted[place] == word

    def _variants(self, word: str) -> Iterable[str]:
        """All words one edit away whose beginning some known word has: without it there is nothing to look for."""
        for at in range(len(word) + 1):
            before, rest = word[:at], word[at:]
            if at and not self.begins(before):
                return
            if len(rest) > 1:
                yield before + rest[1] + rest[0] + rest[2:]
            if rest:
                yield before + rest[1:]
            for letter in self._letters:
                if self.begins(before + letter):
                    yield before + letter + rest
                    if rest and letter != rest[0]:
                        yield before + letter + rest[1:]
