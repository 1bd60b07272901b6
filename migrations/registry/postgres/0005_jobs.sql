-- Runs of jobs that happen at set times, one row a run: any number of workers see that it is due, and one of them does it.
-- `tenant_id` is empty for a job of the whole deployment.
CREATE TABLE jobs (
    tenant_id     TEXT COLLATE "C"    NOT NULL,
    name          TEXT COLLATE "C"    NOT NULL,
    scheduled_for BIGINT NOT NULL,
    lease_until   BIGINT NOT NULL,  -- a worker that died keeps the run from the others no longer than this
    attempts      BIGINT NOT NULL,
    finished_at   BIGINT,
    PRIMARY KEY (tenant_id, name, scheduled_for)
);
