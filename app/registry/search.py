"""The full-text index over cameras: kept in the registry's file with every write, asked with a connection of its own.

The index (FTS5) has the camera's number as row id, so that hits come in the order of numbers without sorting. Triggers
note in ``search_stale`` which numbers must be read again, whoever wrote; ``Search.refresh`` reads them again at the end
of the same transaction. Filling it anew takes about 0.1 s for 6,000 cameras and 0.6 s for 60,000.

Where SQLite comes without FTS5 there is no index; ``CameraDirectory.find`` answers instead.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Sequence

from sqlite_utils import Database

from app.model.errors import OperatorError
from app.model.register import Risk
from app.registry.camera_reading import FAR_DOWN
from app.registry.search_terms import Terms
from app.registry.search_text import Asked, Field
from app.registry.store import Store

log = logging.getLogger("lawang.registry")

FEW = 3                     # hits; with as many, the word was spelled right and words only like it are noise
_COLUMNS = "number, name, area, owner, tags, notes, risk"
# Best first: each tier may look into one column more, and later may bend the words.
_TIERS: tuple[tuple[str, str], ...] = (              # columns; how words may be read, see _expression
    ("", "n"),                                       # a number alone
    ("name", ""),
    ("name", "n"),
    ("name", "np"),
    ("name area", "np"),
    ("name area owner tags", "np"),
    ("name area owner tags notes", "np"),
    ("name area owner tags notes", "npt"),
)
_NUMBERS = ("SELECT group_concat(rowid) FROM "
            "(SELECT rowid FROM camera_search WHERE camera_search MATCH ? ORDER BY rowid LIMIT ?)")
_FILTER_COLUMNS = {Field.OWNER: "owner", Field.AREA: "area", Field.TAG: "tags"}
_STALE_ALL = "INSERT OR IGNORE INTO search_stale SELECT number FROM cameras"


def create_search(db: Database) -> None:
    """Part of the step 0002_register: the index, its triggers, and every camera noted as not read yet."""
    db.execute("CREATE TABLE search_stale (number INTEGER PRIMARY KEY) STRICT")
    # Grows with each refresh: a reader that keeps the index's words in memory knows when they are old.
    db.execute("CREATE TABLE search_state (generation INTEGER NOT NULL) STRICT")
    db.execute("INSERT INTO search_state VALUES (0)")
    db.execute("""CREATE VIEW areas_within AS WITH RECURSIVE down(top, area) AS (
        SELECT id, id FROM areas UNION SELECT down.top, areas.id FROM down JOIN areas ON areas.parent = down.area)
        SELECT top, area FROM down""")
    note = "INSERT OR IGNORE INTO search_stale "
    for name, when, then in (
        ("camera_added", "AFTER INSERT ON cameras", "VALUES (new.number)"),
        ("camera_removed", "AFTER DELETE ON cameras", "VALUES (old.number)"),
        ("camera_changed", "AFTER UPDATE OF number, name, area, owner, notes ON cameras",
         "VALUES (old.number), (new.number)"),
        ("tag_added", "AFTER INSERT ON camera_tags", "SELECT number FROM cameras WHERE id = new.camera"),
        ("tag_changed", "AFTER UPDATE ON camera_tags",
         "SELECT number FROM cameras WHERE id IN (old.camera, new.camera)"),
        ("tag_removed", "AFTER DELETE ON camera_tags", "SELECT number FROM cameras WHERE id = old.camera"),
        ("owner_changed", "AFTER UPDATE OF name ON owners", "SELECT number FROM cameras WHERE owner = new.id"),
        ("area_changed", "AFTER UPDATE OF name, parent, risk ON areas",
         "SELECT number FROM cameras WHERE area IN (SELECT area FROM areas_within WHERE top = new.id)"),
    ):
        db.execute(f"CREATE TRIGGER search_{name} {when} BEGIN {note}{then}; END")
    try:
        # detail=column: which column a word stands in is enough, and the index is half as big as with places.
        db.execute(f"CREATE VIRTUAL TABLE camera_search USING fts5({_COLUMNS}, prefix='1 2 3', detail=column, "
                   "columnsize=0, tokenize='unicode61 remove_diacritics 2')")
    except sqlite3.OperationalError as error:
        log.warning("no full-text index: %s; cameras are found in memory", error)
    db.execute(_STALE_ALL)


class Search:
    """Keeps the index of one store with its writes. Runs on: the thread that owns the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        store.before_commit.append(self._refresh)

    def catch_up(self) -> int:
        """Reads again what others wrote without refreshing (by hand, or without FTS5); gives how many numbers.

        What cannot be written now is caught up with later; until then cameras are found in memory.
        """
        store = self._store
        if not _present(store.db.conn):
            return 0
        [(waiting,)] = store.rows("SELECT count(*) FROM search_stale")
        if waiting:
            try:
                with store.write():     # its end refreshes
                    pass
            except OperatorError as error:
                log.warning("the search index stays behind: %s", error)
                return 0
        return int(waiting)

    def _refresh(self) -> None:
        """The noted numbers are read again; called inside the transaction."""
        store = self._store
        db = store.db.conn
        if not _present(db) or not store.rows("SELECT 1 FROM search_stale LIMIT 1"):
            return
        db.execute("DELETE FROM camera_search WHERE rowid IN (SELECT number FROM search_stale)")
        db.executemany(f"INSERT INTO camera_search (rowid, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                       self._texts())
        db.execute("DELETE FROM search_stale")
        db.execute("UPDATE search_state SET generation = generation + 1")

    def _texts(self) -> Iterable[tuple[object, ...]]:
        store = self._store
        areas = _AreaTexts(store)
        owners = dict(store.rows("SELECT id, name FROM owners"))
        tags: dict[str, str] = {}
        for camera_id, tag in store.rows("SELECT camera, tag FROM camera_tags WHERE camera IN "
                                         "(SELECT id FROM cameras WHERE number IN (SELECT number FROM search_stale))"):
            tags[camera_id] = f"{tags[camera_id]}\n{tag}" if camera_id in tags else tag
        for camera_id, number, name, area, owner, notes in store.each(
                "SELECT id, number, name, area, owner, notes FROM cameras "
                "WHERE number IN (SELECT number FROM search_stale)"):
            path, risk = areas.of(area)
            yield (number, str(number), name, path, owners.get(owner, ""), tags.get(camera_id, ""), notes, risk)


class SearchReader:
    """Asks the index through ``db``, any connection to the file. Raises sqlite3.Error when there is no index."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._terms = Terms()
        self._generation = -1
        db.execute("CREATE VIRTUAL TABLE temp.search_terms USING fts5vocab('main', 'camera_search', 'col')")

    @property
    def is_behind(self) -> bool:
        """Rows were written past this program and not read again yet: the index would lie."""
        return bool(self._db.execute("SELECT EXISTS (SELECT 1 FROM search_stale)").fetchone()[0])

    def learn(self) -> None:
        """Takes the index's words into memory when they are others than before: 5 ms at 6,000 cameras, 25 at 60,000.
        """
        [generation] = self._db.execute("SELECT generation FROM search_state").fetchone()
        if generation != self._generation:
            self._terms = Terms(term for (term,) in self._db.execute(
                "SELECT DISTINCT term FROM search_terms WHERE col NOT IN ('number', 'risk')"))
            self._generation = generation

    def find(self, asked: Asked, most: int, keep: Callable[[int], bool] | None = None) -> list[int]:
        """Numbers of at most ``most`` cameras, best first; with filters alone all that they let through, by number.

        ``keep`` is asked of each number: for what the file does not know (states).
        """
        fixed = _filters(asked)
        if not asked.words:
            numbers = self._run(fixed, -1) if fixed else []
            return numbers if keep is None else [number for number in numbers if keep(number)]
        found: dict[int, None] = {}
        if len(asked.words) == 1 and asked.words[0].isdigit():
            self._take(found, f'number : "{_digits(asked.words[0])}"', fixed, most, keep)
        said, learnt = "", False
        for columns, ways in _TIERS:
            if len(found) >= most or ("t" in ways and len(found) >= FEW):
                break
            if "p" in ways and not learnt:
                self.learn()
                learnt = True
            expression = self._expression(asked.words, columns, ways)
            if expression and expression != said:
                self._take(found, expression, fixed, most, keep)
                said = expression
        return list(found)

    def _take(self, found: dict[int, None], expression: str, fixed: str, most: int,
              keep: Callable[[int], bool] | None) -> None:
        """Adds what the expression finds behind what is found already, up to ``most``."""
        whole = f"({expression}) AND {fixed}" if fixed else expression
        for number in self._run(whole, -1 if keep else most + len(found)):
            if number not in found and (keep is None or keep(number)):
                found[number] = None
                if len(found) >= most:
                    return

    def _run(self, expression: str, most: int) -> list[int]:
        """All numbers in one row: for each row the interpreter would be let go, and a window that paints meanwhile
        take it for long."""
        [(found,)] = self._db.execute(_NUMBERS, (expression, most))
        return sorted([int(number) for number in found.split(",")]) if found else []

    def _expression(self, words: Sequence[str], columns: str, ways: str) -> str:
        """Every word in one of the columns; "" when a word cannot be there.

        Ways: n digits may be the beginning of the number, p a word may lie within a longer one, t have a typo; the
        last two are told by the words that were learnt.
        """
        parts = []
        for word in words:
            found = []
            if "n" in ways and (digits := _digits(word)):
                found.append(f'number : "{digits}" *')
            if columns:
                bent = [f'"{word}" *']
                if "p" in ways:
                    bent += [f'"{term}"' for term in self._terms.holding(word)]
                if "t" in ways:
                    bent += [f'"{term}" *' if begins else f'"{term}"' for term, begins in self._terms.near(word)]
                found.append(f"{{{columns}}} : ({' OR '.join(bent)})")
            if not found:
                return ""
            parts.append(f"({' OR '.join(found)})")
        return " AND ".join(parts)


class _AreaTexts:
    """Path and risk class of areas as the index keeps them; an area that is not classed takes after those above it."""

    def __init__(self, store: Store) -> None:
        self._rows = {area_id: (parent, name, risk)
                      for area_id, parent, name, risk in store.rows("SELECT id, parent, name, risk FROM areas")}
        self._known: dict[str | None, tuple[str, str]] = {}

    def of(self, area: str | None) -> tuple[str, str]:
        if area not in self._known:
            names: list[str] = []
            class_, step = "", area
            while step in self._rows and len(names) < FAR_DOWN:
                step, name, risk = self._rows[step]
                names.append(name)
                class_ = class_ or risk
            self._known[area] = ("\n".join(reversed(names)), class_ or "none")
        return self._known[area]


def _present(db: sqlite3.Connection) -> bool:
    try:
        db.execute("SELECT rowid FROM camera_search LIMIT 0")
    except sqlite3.OperationalError:
        return False                    # no such table, or a SQLite without the module
    return True


def _digits(word: str) -> str:
    """A number as the index keeps it, without leading zeros; "" when the word is none."""
    return word.lstrip("0") if word.isascii() and word.isdigit() else ""


def _filters(asked: Asked) -> str:
    parts = []
    for kind, column in _FILTER_COLUMNS.items():
        values = [" AND ".join(f'"{word}" *' for word in words) for words in asked.filters.get(kind, ())]
        if values:
            parts.append(f"{column} : ({' OR '.join(f'({value})' for value in values)})")
    if asked.risks is not None:
        names = [f'"{risk.value if risk is not Risk.NONE else "none"}"' for risk in sorted(asked.risks)]
        parts.append(f"risk : ({' OR '.join(names)})" if names else 'risk : "nosuchclass"')
    return " AND ".join(f"({part})" for part in parts)
