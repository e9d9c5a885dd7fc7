"""What the node could not take yet, on disk: bounded, readable by its owner alone, in order, and there after a kill.

A file of SQLite, so that several processes of one training may share it and none leaves half a line behind. Each row is one
record and the node it is meant for; a record goes only to that node, and leaves when the node has answered for it.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DEFAULT_LIMIT = 64 << 20
_PATIENCE = 2.0


class SpoolFull(Exception):
    """The spool holds as much as it may: the record is kept nowhere."""


@dataclass(frozen=True)
class Kept:
    """One record that waits."""

    number: int
    body: str


def default_path() -> Path:
    """``WEFT_SPOOL``, else a file below the user's state directory."""
    named = os.environ.get("WEFT_SPOOL")
    if named:
        return Path(named)
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "weft" / "spool.db"


class Spool:
    """Opened for each use: nothing is held while training runs, so that a fork of the process does no harm."""

    def __init__(self, path: Path | None = None, limit: int = DEFAULT_LIMIT) -> None:
        self._path = path or default_path()
        self._limit = limit

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Made before SQLite opens it: what SQLite puts beside it gets the same mode.
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None)
        try:
            connection.execute("PRAGMA secure_delete = ON")
            for table in ("waiting", "refused"):
                connection.execute(
                    f"CREATE TABLE IF NOT EXISTS {table}"
                    " (number INTEGER PRIMARY KEY AUTOINCREMENT, node TEXT NOT NULL, body TEXT NOT NULL, why TEXT)"
                )
            yield connection
        finally:
            connection.close()

    def keep(self, node: str, bodies: list[str]) -> None:
        """Appends these, all or none; on disk when it returns."""
        with self._open() as db, self._transaction(db):
            held = db.execute("SELECT coalesce(sum(length(body)), 0) FROM waiting").fetchone()[0]
            if held + sum(map(len, bodies)) > self._limit:
                raise SpoolFull(f"{self._path} holds {held} characters, and may hold {self._limit}")
            db.executemany("INSERT INTO waiting (node, body) VALUES (?, ?)", [(node, body) for body in bodies])

    @staticmethod
    @contextlib.contextmanager
    def _transaction(db: sqlite3.Connection) -> Iterator[None]:
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
            db.execute("COMMIT")
        except BaseException:
            db.execute("ROLLBACK")
            raise

    def first(self, node: str, count: int) -> list[Kept]:
        """The oldest that wait for the node."""
        if not self._path.exists():
            return []
        with self._open() as db:
            rows = db.execute("SELECT number, body FROM waiting WHERE node = ? ORDER BY number LIMIT ?", (node, count))
            return [Kept(*row) for row in rows]

    def waiting(self, node: str) -> int:
        """How many wait for the node."""
        if not self._path.exists():
            return 0
        with self._open() as db:
            return int(db.execute("SELECT count(*) FROM waiting WHERE node = ?", (node,)).fetchone()[0])

    def done(self, taken: list[Kept], refused: dict[int, str], node: str) -> None:
        """Forgets those that the node took; those that it refused are put aside with its reason."""
        with self._open() as db, self._transaction(db):
            for kept in taken:
                # A crash before the commit leaves them waiting; told again, they change nothing at the node.
                db.execute("DELETE FROM waiting WHERE number = ?", (kept.number,))
                if kept.number in refused:
                    self._put_aside(db, node, kept.body, refused[kept.number])

    def _put_aside(self, db: sqlite3.Connection, node: str, body: str, why: str) -> None:
        db.execute("INSERT INTO refused (node, body, why) VALUES (?, ?, ?)", (node, body, why))
        db.execute("DELETE FROM refused WHERE number <= (SELECT max(number) FROM refused) - 1000")

    def refused(self, node: str) -> list[tuple[str, str]]:
        """The last that the node refused, each with the reason."""
        if not self._path.exists():
            return []
        with self._open() as db:
            rows = db.execute("SELECT body, why FROM refused WHERE node = ? ORDER BY number", (node,))
            return [(str(body), str(why)) for body, why in rows]


def main() -> int:
    """``weft-spool``: hands the node of ``WEFT_URL`` what waits for it. Exit code 1 where some of it still waits."""
    from .client import Client

    parser = argparse.ArgumentParser(prog="weft-spool", description=main.__doc__)
    parser.add_argument("--refused", action="store_true", help="print what the node refused, and why")
    arguments = parser.parse_args()
    client = Client()
    if arguments.refused:
        for body, why in client.refused():
            print(f"{why}: {body}")
        return 0
    left = client.flush()
    print(f"{left} records wait" if left else "nothing waits")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
