-- The log and what intake needs to know about it. Every key leads with the federation (or its log), an integer.
-- Nothing here is authority: the log's entries are. All else can be built again from them, but the openings, the
-- site proofs and the second envelopes, which travel beside an entry.

CREATE TABLE federation (
  federation INTEGER PRIMARY KEY,   -- also the leading key `log` of the log_* tables
  id         BLOB NOT NULL UNIQUE,  -- 32 bytes: id of entry 0
  name       TEXT NOT NULL,
  origin     TEXT NOT NULL UNIQUE
);

-- A rowid table on purpose: entries of one to four KB stay on their page, which they do not in a WITHOUT ROWID table.
CREATE TABLE log_entry (
  log   INTEGER NOT NULL,
  idx   INTEGER NOT NULL,
  entry BLOB NOT NULL,              -- Envelope, the bytes as received
  PRIMARY KEY (log, idx)
);

CREATE TABLE log_tile (
  log    INTEGER NOT NULL,
  level  INTEGER NOT NULL,
  idx    INTEGER NOT NULL,
  hashes BLOB NOT NULL,             -- 256 hashes of 32 bytes: full tiles only
  PRIMARY KEY (log, level, idx)
);

CREATE TABLE log_head (
  log  INTEGER PRIMARY KEY,
  size INTEGER NOT NULL,
  root BLOB NOT NULL
);

-- Authors as small integers, so that the hot index below is narrow.
CREATE TABLE author (
  federation INTEGER NOT NULL,
  author     INTEGER NOT NULL,
  name       TEXT NOT NULL,
  PRIMARY KEY (federation, author),
  UNIQUE (federation, name)
) WITHOUT ROWID;

-- Every seq that is taken. Inserted in ascending order per author: no random order on the hot path.
CREATE TABLE statement_seq (
  federation  INTEGER NOT NULL,
  author      INTEGER NOT NULL,
  incarnation INTEGER NOT NULL,
  seq         INTEGER NOT NULL,
  idx         INTEGER NOT NULL,
  PRIMARY KEY (federation, author, incarnation, seq)
) WITHOUT ROWID;

-- The entries that say who may speak: what a start reads instead of the whole log.
CREATE TABLE standing_entry (
  federation INTEGER NOT NULL,
  idx        INTEGER NOT NULL,
  PRIMARY KEY (federation, idx)
) WITHOUT ROWID;

-- The other statement of an equivocation, kept beside the evidence entry.
CREATE TABLE second_envelope (
  federation INTEGER NOT NULL,
  idx        INTEGER NOT NULL,      -- of the evidence
  envelope   BLOB NOT NULL,
  PRIMARY KEY (federation, idx)
);

-- Consistency of the author's site log from the head in its statement before: kept for mirrors.
CREATE TABLE site_proof (
  federation INTEGER NOT NULL,
  idx        INTEGER NOT NULL,
  hashes     BLOB NOT NULL,         -- 32 bytes each, in proof order
  PRIMARY KEY (federation, idx)
);

-- Approved values of commitments in the payload. Rows may be erased; the log stays verifiable.
CREATE TABLE opening (
  federation INTEGER NOT NULL,
  idx        INTEGER NOT NULL,
  commitment BLOB NOT NULL,
  name       TEXT NOT NULL,
  salt       BLOB NOT NULL,
  value      BLOB NOT NULL,
  PRIMARY KEY (federation, idx, commitment)
);

-- How far the graph has come, and what it could not take.
CREATE TABLE projection (
  federation INTEGER PRIMARY KEY,
  next       INTEGER NOT NULL       -- entries below this are in the graph or in unprojected
);

CREATE TABLE unprojected (
  federation INTEGER NOT NULL,
  idx        INTEGER NOT NULL,
  reason     TEXT NOT NULL,
  PRIMARY KEY (federation, idx)
) WITHOUT ROWID;
