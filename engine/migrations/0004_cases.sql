-- Words on records have more to say than one word: why, what, by when.
ALTER TABLE amendments ADD COLUMN detail TEXT NOT NULL DEFAULT '';
ALTER TABLE amendments ADD COLUMN due_at BIGINT;
CREATE INDEX amendments_due ON amendments (due_at) WHERE due_at IS NOT NULL;

-- What was said of a case, all of it: the case itself follows from these. The same word told twice (after a replay) is one row.
CREATE TABLE case_words (
    case_id TEXT   NOT NULL, -- sixteen hexadecimal digits
    said_at BIGINT NOT NULL,
    place   BIGINT NOT NULL, -- among what was said at once
    kind    TEXT   NOT NULL, -- opened | about | owner | due | escalated | late | linked | remark | closed | reopened
    word    TEXT   NOT NULL,
    detail  TEXT   NOT NULL,
    due_at  BIGINT,
    said_by TEXT   NOT NULL,
    PRIMARY KEY (case_id, said_at, place, kind, word)
);

-- Cases as they are now, by their words.
CREATE TABLE cases (
    id         TEXT   NOT NULL PRIMARY KEY,
    kind       TEXT   NOT NULL, -- complaint | opinion | praise
    state      TEXT   NOT NULL, -- open | closed
    said       TEXT   NOT NULL,
    opened_at  BIGINT NOT NULL,
    opened_by  TEXT   NOT NULL,
    owner      TEXT,
    level      BIGINT NOT NULL,
    due_at     BIGINT,
    late_of    BIGINT,          -- the time that passed while it was open, once it was raised for that
    feedback   TEXT,
    closed_at  BIGINT,
    changed_at BIGINT NOT NULL,
    revision   BIGINT NOT NULL  -- how many words there are
);
CREATE INDEX cases_by_time ON cases (opened_at);
CREATE INDEX cases_by_due ON cases (state, due_at);

-- The calls that a case is about.
CREATE TABLE case_calls (
    case_id TEXT NOT NULL,
    call    TEXT NOT NULL,
    PRIMARY KEY (case_id, call)
);
CREATE INDEX case_calls_by_call ON case_calls (call);
