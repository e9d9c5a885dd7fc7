-- Sealed messages that wait for their readers. What was fetched or waited too long is deleted here and now; the row that
-- stays without its bytes tells the sender what became of them, until its time is over too.
CREATE TABLE sealed (
  sender    TEXT    NOT NULL,
  recipient TEXT    NOT NULL,
  id        BLOB    NOT NULL,  -- SHA-256 of the sealed bytes
  arrival   INTEGER NOT NULL UNIQUE,
  kind      INTEGER NOT NULL,
  about     BLOB    NOT NULL,  -- id of a statement, 32 bytes
  state     INTEGER NOT NULL,  -- SealedState: 1 waits, 2 taken, 3 expired
  since     INTEGER NOT NULL,  -- of that state, milliseconds of the epoch
  bytes     INTEGER NOT NULL,  -- 0 where they are deleted
  sealed    BLOB,
  PRIMARY KEY (sender, recipient, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX sealed_waiting ON sealed (recipient, arrival) WHERE state = 1;
CREATE INDEX sealed_since ON sealed (since);
