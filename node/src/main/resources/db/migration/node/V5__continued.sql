-- What the shared log no longer holds since it goes on under another origin: signed for the old one, to be stated again.
CREATE TABLE outbox_lost (
  origin      TEXT    NOT NULL,  -- of the log that goes on
  incarnation INTEGER NOT NULL,
  seq         INTEGER NOT NULL,
  statement   BLOB    NOT NULL,  -- id, 32 bytes
  predicate_type TEXT NOT NULL,
  envelope    BLOB    NOT NULL,  -- as signed for the log before
  openings    BLOB    NOT NULL,
  moved_at    TEXT    NOT NULL,
  again       BLOB,              -- id of the statement that says it for this log
  PRIMARY KEY (origin, incarnation, seq)
) STRICT;

-- The origins that this database has gone over to.
CREATE TABLE continued (
  origin TEXT NOT NULL PRIMARY KEY
) STRICT;
