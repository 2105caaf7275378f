-- What came of the signature on the caller's number, and whether the caller proved by a code who calls.
ALTER TABLE records ADD COLUMN verdict TEXT;     -- verified, or why there is nothing to go by; nothing where none was asked for
ALTER TABLE records ADD COLUMN attestation TEXT; -- A | B | C
ALTER TABLE records ADD COLUMN proved BOOLEAN NOT NULL DEFAULT FALSE;

DROP VIEW records_told;
CREATE VIEW records_told AS
SELECT r.call, r.line, r.number, r.name, CASE WHEN r.trusted THEN 1 ELSE 0 END AS trusted, r.verdict, r.attestation,
    CASE WHEN r.proved THEN 1 ELSE 0 END AS proved, r.offered_at, r.queued_at,
    r.connected_at, r.ended_at, r.queue, r.class, r.agent, r.pressed, r.why, r.why_detail, r.outcome, r.promise_made_at,
    r.promise_due_at, r.promise_reference,
    COALESCE((SELECT a.word FROM amendments a WHERE a.call = r.call AND a.kind = 'promise'
              ORDER BY a.said_at DESC LIMIT 1), r.promise_settled) AS promise_settled,
    r.held_us, r.offers, r.quote_said_at, r.quote_until, r.quote_settled, r.callbacks,
    (SELECT a.word FROM amendments a WHERE a.call = r.call AND a.kind = 'resolution'
     ORDER BY a.said_at DESC LIMIT 1) AS resolution
FROM records r;
