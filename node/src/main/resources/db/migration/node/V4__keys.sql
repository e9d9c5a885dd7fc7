-- Own changes of keys: read at every start, to know which keys are in force and which incarnation this is.
CREATE INDEX outbox_key ON outbox (incarnation, seq) WHERE predicate_type = 'https://weft.dev/key/v1';
