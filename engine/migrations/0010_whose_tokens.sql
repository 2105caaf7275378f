-- A token may be one agent's, and may have a name, which is then the author of what is done with it. Those of before have neither.
ALTER TABLE tokens ADD COLUMN agent TEXT;
ALTER TABLE tokens ADD COLUMN name TEXT;

-- The last call of an agent is looked for at each look at the agent's desk.
CREATE INDEX records_by_agent ON records (agent, ended_at);
