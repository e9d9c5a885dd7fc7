-- The site's raw lineage, its log, and what waits for release.
--
-- One row holds a whole record: its fields with their salts and values are one blob (RecordBody says how). A row per
-- field would cost about ten b-tree insertions a record instead of three, and the records a second with them. Erasing
-- one field rewrites the blob in place: value and salt are replaced by the commitment, so that the record's tree and
-- leaf stay what they were, and with secure_delete = ON the bytes that become free are overwritten with zeros; a
-- checkpoint that truncates the WAL then takes the old page out of there too. The two places that repeat a field's
-- value (record.external_id, artifact) go with it.
--
-- An index over hashes costs a record more than all the rest of its insertion, since every record dirties a page of its
-- own. So only models, which contributions look up, are indexed by digest; other artifacts are found by running through
-- a narrow table, which is for people.

CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE record (
    id INTEGER PRIMARY KEY, -- index of its leaf in the site's log, from 0
    kind INTEGER NOT NULL,
    source INTEGER NOT NULL REFERENCES source (id),
    external_id TEXT,
    recorded_at INTEGER NOT NULL, -- milliseconds of the epoch
    body BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX record_external ON record (external_id, source) WHERE external_id IS NOT NULL;
CREATE INDEX record_kind ON record (kind);

CREATE TABLE artifact (
    record INTEGER PRIMARY KEY REFERENCES record (id),
    kind INTEGER NOT NULL,
    digest TEXT NOT NULL -- digest string
) STRICT;

CREATE INDEX artifact_model ON artifact (digest) WHERE kind = 4;

-- What came from what: down is derived from, or speaks of, up. said is the record that names the other one.
CREATE TABLE lineage (
    down INTEGER NOT NULL REFERENCES record (id),
    up INTEGER NOT NULL REFERENCES record (id),
    role INTEGER NOT NULL,
    said INTEGER NOT NULL,
    PRIMARY KEY (down, up, role)
) STRICT, WITHOUT ROWID;

CREATE INDEX lineage_up ON lineage (up);

-- The site's log (dev.weft.proto.log.JdbcLogStore), log = 0.
CREATE TABLE log_entry (
    log INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    entry BLOB NOT NULL,
    PRIMARY KEY (log, idx)
) STRICT, WITHOUT ROWID;

CREATE TABLE log_tile (
    log INTEGER NOT NULL,
    level INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (log, level, idx)
) STRICT;

CREATE TABLE log_head (
    log INTEGER PRIMARY KEY,
    size INTEGER NOT NULL,
    root BLOB NOT NULL
) STRICT;

-- Every statement that policy let out, or that waits for the steward. The body is the statement without its header, in
-- the exact bytes that were previewed and will be signed.
CREATE TABLE release (
    id INTEGER PRIMARY KEY,
    record INTEGER NOT NULL REFERENCES record (id),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'approved', 'refused', 'automatic', 'held')),
    predicate_type TEXT NOT NULL,
    body BLOB NOT NULL,
    asked_at INTEGER NOT NULL, -- milliseconds of the epoch
    decided_at INTEGER,
    decided_by TEXT, -- a person, or the policy
    reason TEXT,
    decision INTEGER REFERENCES record (id), -- the decision's own record
    statement BLOB -- id of the statement that was signed
) STRICT;

CREATE INDEX release_record ON release (record);
CREATE INDEX release_state ON release (state);

-- Approved values that go beside a statement; kept only until it is signed or refused.
CREATE TABLE release_opening (
    release INTEGER NOT NULL REFERENCES release (id),
    commitment BLOB NOT NULL,
    name TEXT NOT NULL,
    salt BLOB NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (release, commitment)
) STRICT;

-- Which incarnations of this membership have had an anchor file: one that is gone afterwards was lost.
CREATE TABLE anchored (
    incarnation INTEGER PRIMARY KEY
) STRICT;
