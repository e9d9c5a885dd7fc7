-- Requests for fields of committed records: those of this node, and those of others for what this node's site committed to.
CREATE TABLE disclosure (
  request        BLOB    NOT NULL PRIMARY KEY,  -- id of the statement
  number         INTEGER NOT NULL UNIQUE,
  side           INTEGER NOT NULL,              -- 0 our own, 1 of us
  requester      TEXT    NOT NULL,
  owner          TEXT    NOT NULL,
  statement      BLOB    NOT NULL,              -- asked about
  commitments    BLOB    NOT NULL,              -- 32 bytes each
  fields         TEXT    NOT NULL,              -- a line each
  purpose        TEXT    NOT NULL,
  words          TEXT,
  asked_at       INTEGER NOT NULL,              -- milliseconds of the epoch
  log_index      INTEGER,
  state          TEXT    NOT NULL CHECK (state IN ('asked', 'waiting', 'granted', 'refused', 'opened', 'failed')),
  decision       BLOB,                          -- id of the statement
  decision_index INTEGER,
  decided_by     TEXT,
  decided_at     INTEGER,
  reason         TEXT,
  answer_words   TEXT,
  letter         BLOB,                          -- what was opened for this node, after it proved
  note           TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX disclosure_state ON disclosure (state);

-- How far the copy of the shared log was read for requests and decisions.
CREATE TABLE disclosure_tail (
  only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
  next INTEGER NOT NULL
) STRICT;
