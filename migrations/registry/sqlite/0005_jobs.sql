-- Runs of jobs that happen at set times, one row a run: any number of workers see that it is due, and one of them does it.
-- `tenant_id` is empty for a job of the whole deployment.
CREATE TABLE jobs (
    tenant_id     TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    scheduled_for INTEGER NOT NULL,
    lease_until   INTEGER NOT NULL,  -- a worker that died keeps the run from the others no longer than this
    attempts      INTEGER NOT NULL,
    finished_at   INTEGER,
    PRIMARY KEY (tenant_id, name, scheduled_for)
) STRICT, WITHOUT ROWID;
