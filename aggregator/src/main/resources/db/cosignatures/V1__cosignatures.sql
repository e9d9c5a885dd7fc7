-- What witnesses said. Beside the log's own file, so that intake never waits for it; small.

-- Checkpoints that were final, with all cosignatures that came for them. Thinned out: at least one a minute stays, and
-- every one that brought a policy into force.
CREATE TABLE final_checkpoint (
  origin TEXT    NOT NULL,
  size   INTEGER NOT NULL,
  note   BLOB    NOT NULL,
  at     TEXT    NOT NULL,          -- by this machine's clock
  policy INTEGER,                   -- index of the policy that it brought into force
  PRIMARY KEY (origin, size)
) STRICT, WITHOUT ROWID;

-- How far each witness came.
CREATE TABLE witness (
  origin TEXT    NOT NULL,
  name   TEXT    NOT NULL,
  size   INTEGER NOT NULL,
  at     TEXT    NOT NULL,
  PRIMARY KEY (origin, name)
) STRICT, WITHOUT ROWID;
