-- What was signed and has to get to the shared log. Written in the transaction of the record that it releases,
-- never changed and never rebuilt afterwards.
CREATE TABLE outbox (
  incarnation    INTEGER NOT NULL,
  seq            INTEGER NOT NULL,  -- contiguous from 0 in an incarnation
  statement      BLOB    NOT NULL,  -- id, 32 bytes
  predicate_type TEXT    NOT NULL,
  envelope       BLOB    NOT NULL,  -- as signed
  site_size      INTEGER NOT NULL,  -- the site log's head that the statement names
  site_root      BLOB    NOT NULL,
  site_proof     BLOB    NOT NULL,  -- consistency from the head in seq - 1, 32 bytes a hash
  openings       BLOB    NOT NULL,  -- a serialised Submission that holds nothing else
  PRIMARY KEY (incarnation, seq)
) STRICT;
CREATE UNIQUE INDEX outbox_statement ON outbox (statement);

-- Present once a receipt verified: the statement is durable.
CREATE TABLE receipt (
  incarnation INTEGER NOT NULL,
  seq         INTEGER NOT NULL,
  log_index   INTEGER NOT NULL,
  log_size    INTEGER NOT NULL,  -- of the checkpoint that the proof leads to
  inclusion   BLOB    NOT NULL,  -- 32 bytes a hash
  PRIMARY KEY (incarnation, seq)
) STRICT;

-- The last refusal of a statement that has no receipt.
CREATE TABLE refusal (
  incarnation INTEGER NOT NULL,
  seq         INTEGER NOT NULL,
  reason      TEXT    NOT NULL,
  message     TEXT    NOT NULL,
  retry       INTEGER NOT NULL,  -- 1: the same bytes may be accepted later
  refused_at  TEXT    NOT NULL,
  PRIMARY KEY (incarnation, seq)
) STRICT;

-- Checkpoints of the shared log whose signature and consistency this node verified. The largest is never deleted.
CREATE TABLE checkpoint (
  log_size INTEGER NOT NULL PRIMARY KEY,
  root     BLOB    NOT NULL,
  note     BLOB    NOT NULL
) STRICT;

-- Two signed notes that no one log can have: from then on nothing of it is believed.
CREATE TABLE fork (
  id       INTEGER NOT NULL PRIMARY KEY,
  held     BLOB    NOT NULL,
  offered  BLOB    NOT NULL,
  found_at TEXT    NOT NULL
) STRICT;

-- Who may use the local API. Only the hash of a token is kept.
CREATE TABLE token (
  name       TEXT NOT NULL PRIMARY KEY,
  scopes     TEXT NOT NULL,          -- comma-separated
  hash       BLOB NOT NULL UNIQUE,   -- SHA-256 of the token
  created_at TEXT NOT NULL
) STRICT;
