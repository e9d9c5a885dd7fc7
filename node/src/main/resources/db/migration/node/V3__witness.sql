-- The last checkpoint that this node cosigned. It only grows: the row is replaced in the transaction before each cosignature.
CREATE TABLE cosigned (
  only     INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
  log_size INTEGER NOT NULL,
  root     BLOB    NOT NULL,
  note     BLOB    NOT NULL,
  at       TEXT    NOT NULL
) STRICT;

-- Root's statements on witnesses, each proved to be in the log.
CREATE TABLE stated_policy (
  idx   INTEGER NOT NULL PRIMARY KEY,
  entry BLOB    NOT NULL,
  note  BLOB               -- the cosigned checkpoint by which it came into force
) STRICT;

-- The largest checkpoint known to be final, with its cosignatures.
CREATE TABLE final_checkpoint (
  only     INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
  log_size INTEGER NOT NULL,
  note     BLOB    NOT NULL
) STRICT;

-- The path that was offered with the contradicting note; it leads from another old root to the new one.
ALTER TABLE fork ADD COLUMN path BLOB NOT NULL DEFAULT x'';
