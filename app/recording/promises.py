"""What was promised of the recordings at all places: said once to each, told together.

Runs on: any thread; see app.recording.promised.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.recording.keeper import Keeper


class Promises:
    """See Promised; what is set holds at every place."""

    def __init__(self, keepers: Callable[[], Sequence[Keeper]]) -> None:
        self._keepers = keepers

    @property
    def register(self) -> str:
        return self._keepers()[0].promised.register

    @register.setter
    def register(self, register: str) -> None:
        for one in self._keepers():
            one.promised.register = register

    @property
    def rules(self) -> tuple[str, bool]:
        return self._keepers()[0].promised.rules

    @rules.setter
    def rules(self, rules: tuple[str, bool]) -> None:
        for one in self._keepers():
            one.promised.rules = rules

    @property
    def last_rules(self) -> str:
        """Of the first place that knows any: places that came later know fewer."""
        return next((text for one in self._keepers() if (text := one.promised.last_rules)), "")

    @property
    def notice(self) -> str:
        """What will go, at all places."""
        return " ".join(dict.fromkeys(one.promised.notice for one in self._keepers() if one.promised.notice))
