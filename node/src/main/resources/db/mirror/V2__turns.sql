-- Where each member stood in the verified part of the copy: what a later entry must not contradict. Follows from the
-- entries below 'size', and is made anew where that is behind.
CREATE TABLE author_turn (
  author      TEXT    NOT NULL PRIMARY KEY,
  idx         INTEGER NOT NULL,
  incarnation INTEGER NOT NULL,
  seq         INTEGER NOT NULL,
  site_size   INTEGER NOT NULL,
  site_root   BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE turns_verified (
  only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
  size INTEGER NOT NULL
) STRICT;
