-- The provenance graph, as the projection says it. An index over the log: `weft-aggregator rebuild` makes it again.
-- Vertices and edges are integers among themselves; a 32-byte key stands once.

CREATE TABLE vertex (
  federation INTEGER NOT NULL,
  id         INTEGER NOT NULL,      -- from 1, in order of first appearance
  kind       INTEGER NOT NULL,      -- weft.v1.VertexKind
  key        BLOB NOT NULL,         -- 32 bytes
  body       BLOB NOT NULL,         -- weft.v1.Vertex, as it is told
  PRIMARY KEY (federation, id)
) WITHOUT ROWID;

-- The key first: questions name it without its kind.
CREATE UNIQUE INDEX vertex_key ON vertex (federation, key, kind);

-- What people type: names of members and rounds, digest strings, versions. Few, unlike the vertices of statements.
CREATE TABLE vertex_label (
  federation INTEGER NOT NULL,
  label      TEXT NOT NULL,
  id         INTEGER NOT NULL,
  PRIMARY KEY (federation, label, id)
) WITHOUT ROWID;

-- The same ends and kind are one edge; the first entry that said it keeps it.
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

CREATE INDEX edge_back ON edge (federation, dst, walked, src, kind);

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
