-- For the policy rule new-data: the dataset versions behind a statement as it was put before the steward, under which
-- policy, and whether the steward's approval of it still stands for others on the same data.
CREATE TABLE release_data (
  release  INTEGER NOT NULL REFERENCES release (id),
  record   INTEGER NOT NULL REFERENCES record (id), -- a dataset version
  policy   BLOB    NOT NULL,                        -- SHA-256 of the policy file
  approved INTEGER NOT NULL,                        -- 0 or 1
  PRIMARY KEY (release, record)
) STRICT, WITHOUT ROWID;

CREATE INDEX release_data_record ON release_data (record);
