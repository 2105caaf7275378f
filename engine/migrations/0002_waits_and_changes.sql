-- What was said about the wait, and the class in whose right a caller waited.
ALTER TABLE records ADD COLUMN class TEXT;
ALTER TABLE records ADD COLUMN quote_said_at BIGINT;
ALTER TABLE records ADD COLUMN quote_until BIGINT;
ALTER TABLE records ADD COLUMN quote_settled TEXT;
ALTER TABLE records ADD COLUMN callbacks BIGINT NOT NULL DEFAULT 0;

DROP VIEW records_told;
CREATE VIEW records_told AS
SELECT r.call, r.line, r.number, r.name, r.trusted, r.offered_at, r.queued_at, r.connected_at, r.ended_at, r.queue, r.class,
    r.agent, r.pressed, r.why, r.why_detail, r.outcome, r.promise_made_at, r.promise_due_at, r.promise_reference,
    COALESCE((SELECT a.word FROM amendments a WHERE a.call = r.call AND a.kind = 'promise'
              ORDER BY a.said_at DESC LIMIT 1), r.promise_settled) AS promise_settled,
    r.held_us, r.offers, r.quote_said_at, r.quote_until, r.quote_settled, r.callbacks,
    (SELECT a.word FROM amendments a WHERE a.call = r.call AND a.kind = 'resolution'
     ORDER BY a.said_at DESC LIMIT 1) AS resolution
FROM records r;

-- Changes of thresholds. A replay writes the same rows again.
CREATE TABLE changes (
    number  BIGINT NOT NULL PRIMARY KEY, -- 1 is the first
    made_at BIGINT NOT NULL,
    made_by TEXT   NOT NULL,
    reason  TEXT   NOT NULL,
    queues  TEXT   NOT NULL              -- a JSON list: queue, thresholds before and after under their keys
);
