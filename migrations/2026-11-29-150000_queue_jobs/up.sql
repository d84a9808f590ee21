-- What is to be done after a request, or without one: mails, and tidying up. A request adds a job in the transaction of its own work, so that
-- both come true or neither does. It may do no more than that: what becomes of a job is for the owner of the schema.

CREATE TABLE jobs (
    id           BIGINT      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         TEXT        NOT NULL CONSTRAINT job_kind_is_a_word CHECK (kind ~ '^[a-z][a-z_]{0,63}$'),
    payload      JSONB       NOT NULL CONSTRAINT job_payload_is_small CHECK (octet_length(payload::text) <= 65536),
    unique_key   TEXT        CONSTRAINT job_unique_key_is_text CHECK (char_length(unique_key) BETWEEN 1 AND 255),
    run_at       TIMESTAMPTZ NOT NULL,
    attempts     INTEGER     NOT NULL DEFAULT 0,
    attempts_max INTEGER     NOT NULL DEFAULT 8,
    locked_until TIMESTAMPTZ,
    state        TEXT        NOT NULL DEFAULT 'queued' CONSTRAINT job_state_is_known CHECK (state IN ('queued', 'running', 'done', 'dead')),
    last_error   TEXT,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    finished_at  TIMESTAMPTZ,
    CONSTRAINT job_is_locked_while_it_runs CHECK ((state = 'running') = (locked_until IS NOT NULL)),
    CONSTRAINT job_ends_once CHECK ((state IN ('done', 'dead')) = (finished_at IS NOT NULL))
);
CREATE UNIQUE INDEX jobs_unique_key ON jobs (unique_key) WHERE unique_key IS NOT NULL;
-- A job that waits is due at its time, and one that runs when its lease is over: its worker is gone then.
CREATE INDEX jobs_due ON jobs ((coalesce(locked_until, run_at)), id) WHERE state IN ('queued', 'running');
COMMENT ON TABLE jobs IS 'The queue of background work. Done jobs stay for 7 days, dead ones for 90.';
COMMENT ON COLUMN jobs.kind IS 'Which code runs it.';
COMMENT ON COLUMN jobs.payload IS 'What it is about; never a secret.';
COMMENT ON COLUMN jobs.unique_key IS 'Of jobs with the same key only the first counts, for as long as its row is there.';
COMMENT ON COLUMN jobs.run_at IS 'Not to be run before.';
COMMENT ON COLUMN jobs.attempts IS 'How often it was begun. Goes up with every claim, so it tells a worker from the one that took over.';
COMMENT ON COLUMN jobs.attempts_max IS 'After so many attempts it is dead.';
COMMENT ON COLUMN jobs.locked_until IS 'The end of the lease of its worker, who extends it; afterwards another may take over.';
COMMENT ON COLUMN jobs.last_error IS 'Why the last attempt failed, without anything personal.';

CREATE FUNCTION enqueue_job(the_kind TEXT, the_payload JSONB, the_run_at TIMESTAMPTZ, the_unique_key TEXT) RETURNS BOOLEAN
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    INSERT INTO jobs (kind, payload, run_at, unique_key) VALUES (the_kind, the_payload, the_run_at, the_unique_key)
        ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL DO NOTHING;
    RETURN FOUND;
END $$;
COMMENT ON FUNCTION enqueue_job(TEXT, JSONB, TIMESTAMPTZ, TEXT) IS 'Adds a job to the queue; false when there is one with this key already.';

REVOKE ALL ON FUNCTION enqueue_job(TEXT, JSONB, TIMESTAMPTZ, TEXT) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION enqueue_job(TEXT, JSONB, TIMESTAMPTZ, TEXT) TO budget_app;
