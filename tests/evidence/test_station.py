"""The station's certificate on the command line."""

from __future__ import annotations

import pytest

from app.cli import front
from app.evidence import identity
from app.registry.registry import vault_of_this_user


def test_show_makes_it_once_and_rotate_keeps_the_former(capsys: pytest.CaptureFixture[str]) -> None:
    def station(*words: str) -> str:
        assert front.main(["station", *words, "--language", "en"], lambda _: 9) == 0
        return capsys.readouterr().out

    first = station("show")
    assert station("show") == first
    (fingerprint,) = identity.known_fingerprints()
    assert fingerprint.upper() in first.replace(":", "")
    assert b"PRIVATE" not in (identity.folder() / identity.KEY).read_bytes()
    second = station("rotate", "--name", "Pos 2")
    assert "Pos 2" in second and fingerprint.upper() not in second.replace(":", "")
    assert fingerprint.upper() in station("show").replace(":", "")
    made = identity.load(vault=vault_of_this_user())
    assert made.name == "Pos 2" and list(identity.known_fingerprints()) == [made.fingerprint, fingerprint]
