-- Who is signed in to the pages. The session itself is nowhere kept, and it ends with the token it was opened with.
CREATE TABLE sessions (
    digest     TEXT   NOT NULL PRIMARY KEY, -- of the session, SHA-256, hexadecimal
    token      TEXT   NOT NULL,             -- the digest of the token
    opened_at  BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
