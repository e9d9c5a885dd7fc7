-- Linkable values: what stands in statements for a digest, under the linking key of an epoch.
CREATE TABLE link_value (
  record INTEGER NOT NULL REFERENCES record (id),
  epoch  INTEGER NOT NULL,
  value  BLOB    NOT NULL,
  PRIMARY KEY (record, epoch)
) STRICT, WITHOUT ROWID;

CREATE INDEX link_value_value ON link_value (value);

-- The name (ArtifactRef) that an artifact was told by last, where the outcome in told does not say it.
CREATE TABLE told_as (
  record INTEGER NOT NULL PRIMARY KEY REFERENCES record (id),
  name   BLOB    NOT NULL
) STRICT;

-- Under which policy and epoch the names of all told artifacts were compared last. One row.
CREATE TABLE link_compared (
  id    INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  under TEXT    NOT NULL
) STRICT;

-- The epochs that the shared log holds, as this node's own copy of it says.
CREATE TABLE link_epoch (
  number      INTEGER NOT NULL PRIMARY KEY,
  check_value BLOB    NOT NULL,
  author      TEXT    NOT NULL,
  statement   BLOB    NOT NULL,
  log_index   INTEGER NOT NULL
) STRICT;

-- For which epochs this node stated a key of its own, whether the log came to count it or not.
CREATE TABLE link_made (
  epoch     INTEGER NOT NULL PRIMARY KEY,
  statement BLOB    NOT NULL
) STRICT;

-- Other members' requests for the key, one for each epoch.
CREATE TABLE link_request (
  id         INTEGER NOT NULL PRIMARY KEY,
  member     TEXT    NOT NULL,
  epoch      INTEGER NOT NULL,
  key_id     BLOB    NOT NULL, -- of the HPKE key that it can read with
  asked_at   INTEGER NOT NULL, -- milliseconds of the epoch of clocks
  state      TEXT    NOT NULL CHECK (state IN ('waiting', 'approved', 'refused')),
  decided_by TEXT,
  reason     TEXT,
  UNIQUE (member, epoch)
) STRICT;

-- Whom this node asked for the key.
CREATE TABLE link_sought (
  epoch    INTEGER NOT NULL,
  member   TEXT    NOT NULL,
  asked_at INTEGER NOT NULL,
  refusal  TEXT, -- stable reason code of the answer
  PRIMARY KEY (epoch, member)
) STRICT, WITHOUT ROWID;

-- In told.outcome a linkable value comes between a commitment (1) and a range: 2 a linkable value, 3 its range, 4 its
-- value beside the statement, 5 its value in it.
UPDATE told SET outcome = outcome + 1 WHERE outcome >= 2;
