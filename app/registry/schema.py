"""The shape of the registry file, as numbered steps forward; step N makes a file of version N.

A step that has shipped is never edited: mend it with the next one, and add a small database of the old shape to
tests/registry/shipped.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from app.registry.search import create_search

APPLICATION_ID = 0x4C574E47      # "LWNG", shown by file(1); tells a registry from any other SQLite file

migrations = Migrations("lawang-registry")


@migrations(name="0001_cameras")
def cameras(db: Database) -> None:
    """The beginning: areas, cameras, streams, credentials, settings, walls and the log of changes.

    Every row carries ``revision`` (grows by one with each write) and ``station`` (who wrote it last): sharing
    between stations will need both, and a row without them can never be merged.
    """
    for statement in (
        """CREATE TABLE areas (
            id TEXT PRIMARY KEY, parent TEXT REFERENCES areas(id), name TEXT NOT NULL,
            revision INTEGER NOT NULL DEFAULT 1, station TEXT NOT NULL DEFAULT '') STRICT""",
        "CREATE UNIQUE INDEX areas_by_name ON areas (coalesce(parent, ''), name)",
        """CREATE TABLE cameras (
            id TEXT PRIMARY KEY, number INTEGER NOT NULL UNIQUE CHECK (number > 0), name TEXT NOT NULL,
            area TEXT REFERENCES areas(id),
            latitude REAL CHECK (latitude BETWEEN -90 AND 90), longitude REAL CHECK (longitude BETWEEN -180 AND 180),
            revision INTEGER NOT NULL DEFAULT 1, station TEXT NOT NULL DEFAULT '',
            CHECK ((latitude IS NULL) = (longitude IS NULL))) STRICT""",
        "CREATE INDEX cameras_by_area ON cameras (area)",
        """CREATE TABLE streams (
            camera TEXT NOT NULL REFERENCES cameras(id) ON DELETE CASCADE,
            role TEXT NOT NULL, url TEXT NOT NULL, transport TEXT NOT NULL DEFAULT 'tcp',
            width INTEGER NOT NULL DEFAULT 0, height INTEGER NOT NULL DEFAULT 0,
            revision INTEGER NOT NULL DEFAULT 1, station TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (camera, role)) STRICT""",
        """CREATE TABLE credentials (
            camera TEXT PRIMARY KEY REFERENCES cameras(id) ON DELETE CASCADE,
            username TEXT NOT NULL DEFAULT '', password BLOB,
            revision INTEGER NOT NULL DEFAULT 1, station TEXT NOT NULL DEFAULT '') STRICT""",
        """CREATE TABLE settings (
            key TEXT PRIMARY KEY, json TEXT NOT NULL,
            revision INTEGER NOT NULL DEFAULT 1, station TEXT NOT NULL DEFAULT '') STRICT""",
        """CREATE TABLE walls (
            name TEXT PRIMARY KEY, json TEXT NOT NULL, saved_at TEXT NOT NULL,
            revision INTEGER NOT NULL DEFAULT 1, station TEXT NOT NULL DEFAULT '') STRICT""",
        """CREATE TABLE change_log (
            id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, station TEXT NOT NULL,
            tbl TEXT NOT NULL, row TEXT NOT NULL, action TEXT NOT NULL, what TEXT NOT NULL) STRICT""",
        "CREATE INDEX change_log_by_row ON change_log (tbl, row)",
    ):
        db.execute(statement)


@migrations(name="0002_register")
def register(db: Database) -> None:
    """The register of a city: owners, risk classes, devices, scenes, tours, who was seen and who was up."""
    for statement in (
        """CREATE TABLE owners (
            id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL DEFAULT 'city',
            agreement TEXT NOT NULL DEFAULT '', contact TEXT NOT NULL DEFAULT '', purposes TEXT NOT NULL DEFAULT '[]',
            hours TEXT NOT NULL DEFAULT '', expires TEXT NOT NULL DEFAULT '',
            revision INTEGER NOT NULL DEFAULT 1, station TEXT NOT NULL DEFAULT '') STRICT""",
        "ALTER TABLE areas ADD COLUMN level TEXT",
        "ALTER TABLE areas ADD COLUMN risk TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE cameras ADD COLUMN owner TEXT REFERENCES owners(id)",
        "ALTER TABLE cameras ADD COLUMN height REAL",
        "ALTER TABLE cameras ADD COLUMN heading REAL CHECK (heading BETWEEN 0 AND 360)",
        "ALTER TABLE cameras ADD COLUMN field_of_view REAL CHECK (field_of_view BETWEEN 0 AND 360)",
        "ALTER TABLE cameras ADD COLUMN notes TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE cameras ADD COLUMN make TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE cameras ADD COLUMN model TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE cameras ADD COLUMN serial TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE cameras ADD COLUMN mac TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE cameras ADD COLUMN service TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE cameras ADD COLUMN restricted INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE cameras ADD COLUMN rotation INTEGER NOT NULL DEFAULT 0 CHECK (rotation IN (0, 90, 180, 270))",
        "CREATE INDEX cameras_by_owner ON cameras (owner)",
        """CREATE TABLE camera_tags (
            camera TEXT NOT NULL REFERENCES cameras(id) ON DELETE CASCADE, tag TEXT NOT NULL,
            revision INTEGER NOT NULL DEFAULT 1, station TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (camera, tag)) STRICT""",
        """CREATE TABLE device_facts (
            camera TEXT NOT NULL REFERENCES cameras(id) ON DELETE CASCADE, fact TEXT NOT NULL, json TEXT NOT NULL,
            learned_at TEXT NOT NULL, revision INTEGER NOT NULL DEFAULT 1, station TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (camera, fact)) STRICT""",
        """CREATE TABLE layouts (
            id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, layout TEXT NOT NULL,
            revision INTEGER NOT NULL DEFAULT 1, station TEXT NOT NULL DEFAULT '') STRICT""",
        """CREATE TABLE scenes (
            id TEXT PRIMARY KEY, number INTEGER NOT NULL UNIQUE CHECK (number > 0), name TEXT NOT NULL,
            json TEXT NOT NULL, revision INTEGER NOT NULL DEFAULT 1, station TEXT NOT NULL DEFAULT '') STRICT""",
        """CREATE TABLE tours (
            id TEXT PRIMARY KEY, number INTEGER NOT NULL UNIQUE CHECK (number > 0), name TEXT NOT NULL,
            json TEXT NOT NULL, revision INTEGER NOT NULL DEFAULT 1, station TEXT NOT NULL DEFAULT '') STRICT""",
        # Spans in which a camera was up or down, as a station that asked for it saw it; an open span has no end.
        """CREATE TABLE availability (
            id INTEGER PRIMARY KEY AUTOINCREMENT, camera TEXT NOT NULL REFERENCES cameras(id) ON DELETE CASCADE,
            up INTEGER NOT NULL, cause TEXT NOT NULL DEFAULT '', since REAL NOT NULL, until REAL NOT NULL,
            revision INTEGER NOT NULL DEFAULT 1, station TEXT NOT NULL DEFAULT '') STRICT""",
        "CREATE INDEX availability_by_camera ON availability (camera, until)",
        # Seconds on a lit pane, live, per camera, window and hour (hours since 1970, UTC).
        """CREATE TABLE seen (
            camera TEXT NOT NULL REFERENCES cameras(id) ON DELETE CASCADE, hour INTEGER NOT NULL, place TEXT NOT NULL,
            seconds REAL NOT NULL, revision INTEGER NOT NULL DEFAULT 1, station TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (camera, hour, station, place)) STRICT""",
        "CREATE INDEX seen_by_hour ON seen (hour)",
        # What the last import changed, as it was before: its undo. Passwords stay sealed in it.
        """CREATE TABLE imports (
            id TEXT PRIMARY KEY, at TEXT NOT NULL, file TEXT NOT NULL, before TEXT NOT NULL,
            revision INTEGER NOT NULL DEFAULT 1, station TEXT NOT NULL DEFAULT '') STRICT""",
        # Grows with each write that leaves no entry in the change log, so that it is told from an edit by hand.
        "CREATE TABLE quiet_writes (count INTEGER NOT NULL) STRICT",
        "INSERT INTO quiet_writes VALUES (0)",
        # What the last edits changed: per camera the fields as they were and as they became. Passwords stay sealed.
        """CREATE TABLE edits (
            id TEXT PRIMARY KEY, at TEXT NOT NULL, json TEXT NOT NULL,
            revision INTEGER NOT NULL DEFAULT 1, station TEXT NOT NULL DEFAULT '') STRICT""",
        # Moments that somebody marked; times in microseconds since 1970, cameras as [[id, number, name] ...].
        """CREATE TABLE bookmarks (
            id TEXT PRIMARY KEY, at INTEGER NOT NULL, t0 INTEGER NOT NULL, t1 INTEGER NOT NULL, cameras TEXT NOT NULL,
            category TEXT NOT NULL DEFAULT '', words TEXT NOT NULL DEFAULT '', agency TEXT NOT NULL DEFAULT '',
            severity INTEGER NOT NULL DEFAULT 0, operator TEXT NOT NULL DEFAULT '', origin TEXT NOT NULL DEFAULT '',
            revision INTEGER NOT NULL DEFAULT 1, station TEXT NOT NULL DEFAULT '') STRICT""",
        "CREATE INDEX bookmarks_by_time ON bookmarks (at)",
        # The chain of custody, see app.model.custody: one chain per station, nothing is ever changed in it.
        """CREATE TABLE custody (
            station TEXT NOT NULL, seq INTEGER NOT NULL, line TEXT NOT NULL, digest TEXT NOT NULL, hash TEXT NOT NULL,
            revision INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (station, seq)) STRICT""",
        "CREATE TRIGGER custody_stays BEFORE UPDATE ON custody BEGIN SELECT raise(ABORT, 'custody only grows'); END",
        "CREATE TRIGGER custody_grows BEFORE DELETE ON custody BEGIN SELECT raise(ABORT, 'custody only grows'); END",
    ):
        db.execute(statement)
    create_search(db)


def step_names(steps: Migrations = migrations) -> list[str]:
    """The names of all steps in order; their count is the newest version this program knows."""
    return [step.name for step in steps._migrations]
