-- What was foreseen of a change of thresholds, as it was told: a JSON document.
CREATE TABLE predictions (
    number   BIGINT NOT NULL PRIMARY KEY, -- of the change
    made_at  BIGINT NOT NULL,
    foreseen TEXT   NOT NULL
);
-- What came of it: the calls of one queue since then.
CREATE INDEX records_by_queue ON records (queue, queued_at);
