-- After the disk was full: what is written, and deleted again, to see whether there is room.
CREATE TABLE room (
  id    INTEGER PRIMARY KEY,
  bytes BLOB NOT NULL
) STRICT;
