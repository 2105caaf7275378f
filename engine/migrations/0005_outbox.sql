-- What other systems are told of, by webhook: written with what happened, in one transaction. Only what happened and to what; what is
-- sent is looked up when it is sent, so that nothing of an erased caller lies here.
CREATE TABLE outbox (
    id          TEXT   NOT NULL, -- the same for the same event, however often a replay writes it
    hook        TEXT   NOT NULL, -- the webhook's name
    event       TEXT   NOT NULL, -- call.ended | taxi.dispatched | case.opened | case.closed | follow-up.due
    subject     TEXT   NOT NULL, -- the call's or the case's id
    happened_at BIGINT NOT NULL,
    state       TEXT   NOT NULL, -- waiting | sent | dead
    attempts    BIGINT NOT NULL,
    next_at     BIGINT NOT NULL, -- when it is sent, or was settled
    failure     TEXT,            -- of the last attempt
    PRIMARY KEY (id, hook)
);
CREATE INDEX outbox_by_turn ON outbox (hook, state, next_at);
