"""Values that may not be printed: passwords and addresses that carry them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Secret:
    """A password. ``repr``, ``str`` and formatting show stars; only :meth:`reveal` gives the text."""

    _text: str = field(repr=False, default="")

    def reveal(self) -> str:
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __str__(self) -> str:
        return "***" if self._text else ""

    def __repr__(self) -> str:
        return f"Secret({self})"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __reduce__(self) -> str | tuple[object, ...]:
        # A secret travels only where it is sent on purpose (reveal), never inside a pickled neighbour.
        raise TypeError("a Secret is not pickled; send reveal() over a private pipe")


NOTHING = Secret("")


@dataclass(frozen=True, slots=True)
class Credentials:
    """User name and password of a camera."""

    username: str = ""
    password: Secret = NOTHING

    def __bool__(self) -> bool:
        return bool(self.username or self.password)
