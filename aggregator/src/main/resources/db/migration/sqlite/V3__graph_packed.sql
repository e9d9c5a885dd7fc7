-- The graph in the shape that is cheap to write: what an entry names first stands in one row, and what stands in random or
-- scattered order is written sorted, a segment at a time. All of it follows from the log: what an older version stored is
-- dropped, and the next start projects the log anew (a crash before that leaves an empty graph, and answers say how far it is).

DROP TABLE vertex;
DROP TABLE vertex_label;
DROP TABLE edge;
DROP TABLE round;
DROP TABLE participation;
DROP TABLE generation;
DROP TABLE waiting;
DROP TABLE without_effect;
UPDATE projection SET next = 0;
DELETE FROM unprojected;

-- The vertices that one entry named first, and the edges from them that it said. A rowid table on purpose, as log_entry.
CREATE TABLE said (
  federation INTEGER NOT NULL,
  first      INTEGER NOT NULL,      -- number of its first vertex, from 1 in order of first appearance
  size       INTEGER NOT NULL,      -- how many vertices
  body       BLOB NOT NULL,         -- packed, see BlockCodec; rewritten where a later entry changes a vertex
  PRIMARY KEY (federation, first)
);

-- Sorted runs over all but the newest vertices: where a key or a digest label stands. Pages of at most 320 places.
CREATE TABLE place_run (
  federation INTEGER NOT NULL,
  space      INTEGER NOT NULL,      -- 0: by key, 1: by label of a content
  level      INTEGER NOT NULL,      -- a run of level n holds 16 of level n - 1
  run        INTEGER NOT NULL,
  first      INTEGER NOT NULL,      -- the least print in this page
  page       INTEGER NOT NULL,
  places     BLOB NOT NULL,         -- 8 bytes print, 4 bytes vertex number above the run's, in order
  PRIMARY KEY (federation, space, level, run, first, page)
);

-- What people type, but for digests: names of members and rounds, versions. Few, unlike the vertices of statements.
CREATE TABLE vertex_label (
  federation INTEGER NOT NULL,
  label      TEXT NOT NULL,
  id         INTEGER NOT NULL,
  PRIMARY KEY (federation, label, id)
) WITHOUT ROWID;

-- Edges from vertices that an earlier entry had named; all others stand in said. The same ends and kind are one edge; the
-- first entry that said it keeps it.
CREATE TABLE edge (
  federation INTEGER NOT NULL,
  src        INTEGER NOT NULL,      -- the later thing
  dst        INTEGER NOT NULL,      -- the earlier thing
  kind       INTEGER NOT NULL,      -- weft.v1.EdgeKind
  walked     INTEGER NOT NULL,      -- 1: lineage and impact follow it
  entry      INTEGER NOT NULL,
  flags      INTEGER NOT NULL,      -- bit n: weft.v1.Flag number n
  PRIMARY KEY (federation, src, walked, dst, kind)
) WITHOUT ROWID;

-- Whence edges lead to a vertex, but for those within one row of said, from the newest vertices, and plain ones to agents.
CREATE TABLE edge_back (
  federation INTEGER NOT NULL,
  dst        INTEGER NOT NULL,
  walked     INTEGER NOT NULL,
  src        INTEGER NOT NULL,
  kind       INTEGER NOT NULL,
  PRIMARY KEY (federation, dst, walked, src, kind)
) WITHOUT ROWID;

CREATE TABLE round (
  federation INTEGER NOT NULL,
  id         INTEGER NOT NULL,      -- of its vertex
  line       TEXT NOT NULL,
  number     INTEGER NOT NULL,
  body       BLOB NOT NULL,         -- weft.v1.RoundStatus without its sites
  PRIMARY KEY (federation, id)
) WITHOUT ROWID;

CREATE UNIQUE INDEX round_place ON round (federation, line, number);

CREATE TABLE participation (
  federation INTEGER NOT NULL,
  round      INTEGER NOT NULL,
  member     TEXT NOT NULL,
  expected   INTEGER NOT NULL,
  body       BLOB NOT NULL,         -- weft.v1.SiteInRound without its summaries
  PRIMARY KEY (federation, round, member)
) WITHOUT ROWID;

-- Who made a model of which digest. Occurrences are numbered as they appear, so the newest is the largest.
CREATE TABLE generation (
  federation INTEGER NOT NULL,
  content    INTEGER NOT NULL,      -- vertex of the content digest
  occurrence INTEGER NOT NULL,      -- vertex of the model
  author     TEXT NOT NULL,
  PRIMARY KEY (federation, content, occurrence)
) WITHOUT ROWID;

-- Statements that came before their round did.
CREATE TABLE waiting (
  federation INTEGER NOT NULL,
  round      BLOB NOT NULL,
  idx        INTEGER NOT NULL,
  PRIMARY KEY (federation, round, idx)
) WITHOUT ROWID;

-- Entries that had no effect, and why. Every other projected entry had one.
CREATE TABLE without_effect (
  federation INTEGER NOT NULL,
  idx        INTEGER NOT NULL,
  reason     TEXT NOT NULL,
  PRIMARY KEY (federation, idx)
) WITHOUT ROWID;
