-- Moments are microseconds since 1970 (UTC); a call is its id in sixteen hexadecimal digits.
-- Only what SQLite and PostgreSQL both understand.

CREATE TABLE profiles (
    number          TEXT   NOT NULL PRIMARY KEY,
    name            TEXT   NOT NULL,
    language        TEXT   NOT NULL,
    class           TEXT   NOT NULL,
    preferred_agent TEXT   NOT NULL,
    fields          TEXT   NOT NULL, -- a JSON object of texts
    changed_at      BIGINT NOT NULL
);

-- Grows whenever profiles change, so that a running engine knows when to read them again.
CREATE TABLE profiles_revision (
    revision BIGINT NOT NULL
);
INSERT INTO profiles_revision (revision) VALUES (0);

CREATE TABLE records (
    call              TEXT    NOT NULL PRIMARY KEY,
    line              TEXT    NOT NULL,
    number            TEXT,             -- NULL: withheld, or erased
    name              TEXT,
    trusted           BOOLEAN NOT NULL,
    offered_at        BIGINT  NOT NULL,
    queued_at         BIGINT,
    connected_at      BIGINT,
    ended_at          BIGINT  NOT NULL,
    queue             TEXT,
    agent             TEXT,
    pressed           TEXT    NOT NULL,
    why               TEXT,
    why_detail        TEXT,
    outcome           TEXT    NOT NULL,
    promise_made_at   BIGINT,
    promise_due_at    BIGINT,
    promise_reference TEXT,
    promise_settled   TEXT,
    held_us           BIGINT  NOT NULL,
    offers            BIGINT  NOT NULL
);
CREATE INDEX records_by_time ON records (offered_at);
CREATE INDEX records_by_number ON records (number, offered_at);

-- Later words on a record. The same word told twice (after a replay) is one row.
CREATE TABLE amendments (
    call    TEXT   NOT NULL,
    said_at BIGINT NOT NULL,
    kind    TEXT   NOT NULL, -- resolution | promise
    word    TEXT   NOT NULL,
    said_by TEXT   NOT NULL,
    PRIMARY KEY (call, kind, said_at, word)
);

-- Records with the newest words on them.
CREATE VIEW records_told AS
SELECT r.call, r.line, r.number, r.name, r.trusted, r.offered_at, r.queued_at, r.connected_at, r.ended_at, r.queue, r.agent,
    r.pressed, r.why, r.why_detail, r.outcome, r.promise_made_at, r.promise_due_at, r.promise_reference,
    COALESCE((SELECT a.word FROM amendments a WHERE a.call = r.call AND a.kind = 'promise'
              ORDER BY a.said_at DESC LIMIT 1), r.promise_settled) AS promise_settled,
    r.held_us, r.offers,
    (SELECT a.word FROM amendments a WHERE a.call = r.call AND a.kind = 'resolution'
     ORDER BY a.said_at DESC LIMIT 1) AS resolution
FROM records r;

-- Bearer tokens, as SHA-256 in hexadecimal digits: the token itself is nowhere kept.
CREATE TABLE tokens (
    digest     TEXT   NOT NULL PRIMARY KEY,
    role       TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
