-- What the steward approved for the future: statements like one that was seen, on the same data, under the same policy.
CREATE TABLE release_pattern (
  id             INTEGER NOT NULL PRIMARY KEY,
  release        INTEGER NOT NULL REFERENCES release (id), -- the approval that it follows
  predicate_type TEXT    NOT NULL,
  policy         BLOB    NOT NULL,                         -- SHA-256 of the policy file
  shape          TEXT    NOT NULL,                         -- a line for each kind of record, field and what becomes of it
  made_by        TEXT    NOT NULL,
  made_at        INTEGER NOT NULL,                         -- milliseconds of the epoch
  ended_by       TEXT,                                     -- a person, or what ended it
  ended_at       INTEGER
) STRICT;

CREATE TABLE release_pattern_data (
  pattern INTEGER NOT NULL REFERENCES release_pattern (id),
  record  INTEGER NOT NULL REFERENCES record (id), -- a dataset version
  PRIMARY KEY (pattern, record)
) STRICT, WITHOUT ROWID;

CREATE INDEX release_pattern_data_record ON release_pattern_data (record);

-- What the federation was told of a field, in the most open form so far.
CREATE TABLE told (
  record  INTEGER NOT NULL REFERENCES record (id),
  field   TEXT    NOT NULL,
  outcome INTEGER NOT NULL, -- 1 a commitment, 2 its range, 3 its value beside the statement, 4 its value in it
  release INTEGER NOT NULL REFERENCES release (id),
  PRIMARY KEY (record, field)
) STRICT, WITHOUT ROWID;
