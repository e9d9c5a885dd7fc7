-- HPKE ciphertext for one member each, on its way through the aggregator. Nobody here can open what goes out.
CREATE TABLE sealed_out (
  recipient TEXT    NOT NULL,
  id        BLOB    NOT NULL,  -- SHA-256 of the sealed bytes
  kind      INTEGER NOT NULL,
  about     BLOB    NOT NULL,  -- id of a statement
  sealed    BLOB,              -- gone once its end is known
  way       INTEGER NOT NULL,  -- 0 here, 1 waits at the aggregator, 2 taken, 3 expired, 4 turned away
  reason    TEXT,
  since     INTEGER NOT NULL,  -- milliseconds of the epoch
  next_at   INTEGER NOT NULL,  -- when it is sent, or asked after, again
  PRIMARY KEY (recipient, id)
) STRICT;

CREATE INDEX sealed_out_about ON sealed_out (about);

-- What came for this member and is not settled.
CREATE TABLE sealed_in (
  sender TEXT    NOT NULL,
  id     BLOB    NOT NULL,
  kind   INTEGER NOT NULL,
  about  BLOB    NOT NULL,
  sealed BLOB    NOT NULL,
  at     INTEGER NOT NULL,
  PRIMARY KEY (sender, id)
) STRICT;
