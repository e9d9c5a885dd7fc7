-- This node's copy of the shared log (dev.weft.proto.log.JdbcLogStore), log = 0. Everything here can be pulled again from
-- the aggregator, and then has to give the roots that were verified before. The index is the row's own number, so that
-- an entry needs no second b-tree; entries of one to four KB stay on their page.
CREATE TABLE log_entry (
  log   INTEGER NOT NULL,
  idx   INTEGER PRIMARY KEY,
  entry BLOB    NOT NULL
) STRICT;

-- Full tiles only: 256 hashes of 32 bytes.
CREATE TABLE log_tile (
  log    INTEGER NOT NULL,
  level  INTEGER NOT NULL,
  idx    INTEGER NOT NULL,
  hashes BLOB    NOT NULL,
  PRIMARY KEY (log, level, idx)
) STRICT;

CREATE TABLE log_head (
  log  INTEGER PRIMARY KEY,
  size INTEGER NOT NULL,
  root BLOB    NOT NULL
) STRICT;

-- How far the entries were found to give a signed root. What lies above is taken back if it does not.
CREATE TABLE verified (
  only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
  size INTEGER NOT NULL,
  root BLOB    NOT NULL
) STRICT;

-- The entries that say who may speak, and this node's own: what a start reads instead of the whole copy.
CREATE TABLE standing_entry (
  idx INTEGER NOT NULL PRIMARY KEY
) STRICT;

CREATE TABLE own_entry (
  idx         INTEGER NOT NULL PRIMARY KEY,
  incarnation INTEGER NOT NULL,
  seq         INTEGER NOT NULL
) STRICT;
