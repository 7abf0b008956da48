"""The chain of custody: it grows with each deed, and whoever touches it is found out by the number of the line."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from app.model.bookmark import Bookmark, Marked
from app.model.custody import BEGINNING, Act, Link, bound, broken_at, linked
from app.model.errors import OperatorError
from app.registry.registry import Registry


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A registry with five lines: a bookmark and its hold, a playback, a change of the bookmark, an export."""
    found = tmp_path / "registry.db"
    with Registry(found, station="s1", clock=lambda: 1_790_000_000.0) as registry:
        bookmark = registry.bookmarks.save(Bookmark("b1", 50, 10, 90, (Marked("c1", 1, "Pasar"),), operator="Budi"))
        registry.custody.add(Act.PLAYBACK, {"camera": "c9"}, "Sari")
        registry.bookmarks.save(replace(bookmark, words="Air naik"))
        registry.custody.add(Act.EXPORT, {"case": "Banjir", "cameras": ["c1"]}, "Budi")
    return found


def by_hand(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


def test_each_deed_is_a_line(path: Path) -> None:
    with Registry(path, station="s1") as registry:
        links = registry.custody.links()
        assert registry.custody.broken() is None and registry.custody.stations() == ("s1",)
    told = [json.loads(link.line) for link in links]
    assert [(one["seq"], one["act"], one["operator"]) for one in told] == [
        (1, "bookmark", "Budi"), (2, "hold", "Budi"), (3, "playback", "Sari"), (4, "bookmark", "Budi"),
        (5, "export", "Budi")]
    assert told[0]["at_us"] == 1_790_000_000_000_000 and told[1]["what"]["in_us"] == 10
    assert links[0].hash == bound(BEGINNING, links[0].digest) and links[4].hash == bound(links[3].hash, links[4].digest)


def test_a_deed_that_is_not_kept_leaves_no_line(path: Path) -> None:
    with Registry(path, station="s1") as registry:
        with pytest.raises(OperatorError), registry.transaction():
            registry.custody.add(Act.PLAYBACK, {})
            registry.bookmarks.save(Bookmark("b2", 5, 10, 90, (Marked("c1", 1, "Pasar"),)))
        assert len(registry.custody.links()) == 5


def test_sql_can_neither_change_nor_remove_a_line(path: Path) -> None:
    for statement in ("UPDATE custody SET line = '' WHERE seq = 2", "DELETE FROM custody WHERE seq = 2"):
        with pytest.raises(sqlite3.IntegrityError, match="custody only grows"):
            by_hand(path, statement)


@pytest.mark.parametrize(("harm", "line"), [
    ("UPDATE custody SET line = replace(line, 'Sari', 'Budi') WHERE seq = 3", 3),
    ("DELETE FROM custody WHERE seq = 2", 2),
    ("DELETE FROM custody WHERE seq = 1", 1),
    ("UPDATE custody SET hash = '00' WHERE seq = 4", 4),
])
def test_who_gets_past_that_is_named(path: Path, harm: str, line: int) -> None:
    by_hand(path, "DROP TRIGGER custody_stays", "DROP TRIGGER custody_grows", harm)
    with Registry(path, station="s1") as registry:
        assert registry.custody.broken() == line


def test_a_line_that_says_another_number_is_found() -> None:
    first = linked(1, BEGINNING, '{"seq":1,"station":"s1"}')
    second = linked(2, first.hash, '{"seq":7,"station":"s1"}')
    assert broken_at(BEGINNING, [first, second], "s1") == 2
    assert broken_at(BEGINNING, [first], "s2") == 1
    assert broken_at(BEGINNING, [linked(1, BEGINNING, "[]")], "s1") == 1


def test_an_excerpt_shows_its_own_matter_and_follows_to_the_head(path: Path) -> None:
    with Registry(path, station="s1") as registry:
        taken = registry.custody.excerpt(lambda told: told["act"] == "export" or "bookmark" in told["what"])
        links = registry.custody.links()
        last = registry.custody.excerpt(lambda told: told["act"] == "export")
        none = registry.custody.excerpt(lambda told: False)
    assert [bool(link.line) for link in taken.links] == [True, True, False, True, True]
    assert taken.head == links[-1].hash and "Sari" not in str(taken)
    assert broken_at(taken.before, taken.links, "s1") is None
    assert [link.seq for link in last.links] == [5] and last.before == links[3].hash
    assert none.links == () and none.head == links[-1].hash
    bent = Link(3, "0" * 64, taken.links[2].hash)
    assert broken_at(taken.before, (*taken.links[:2], bent, *taken.links[3:]), "s1") == 3


def test_a_station_does_not_go_on_with_the_chain_of_a_copied_file(path: Path) -> None:
    with Registry(path, station="s2") as registry:
        registry.custody.add(Act.PLAYBACK, {})
        assert registry.custody.stations() == ("s1", "s2") and len(registry.custody.links()) == 1
        assert registry.custody.broken("s1") is None
