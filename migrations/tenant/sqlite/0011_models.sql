-- What language models have cost, and what may still be spent: every call, and the sum of each booking and each day.
CREATE TABLE model_calls (
    tenant_id        TEXT    NOT NULL,
    id               TEXT    NOT NULL,
    thread_id        TEXT,              -- the booking; none for what belongs to none
    day              TEXT    NOT NULL,  -- the tenant's local day
    role             TEXT    NOT NULL,
    provider         TEXT    NOT NULL,
    model            TEXT    NOT NULL,
    answered_by      TEXT,
    prompt           TEXT    NOT NULL,
    prompt_hash      TEXT    NOT NULL,
    prices           TEXT    NOT NULL,  -- the date of the price table
    reserved         INTEGER NOT NULL,  -- micro-dollars, as all money here
    cost             INTEGER NOT NULL DEFAULT 0,
    estimated        INTEGER NOT NULL DEFAULT 0 CHECK (estimated IN (0, 1)),
    input            INTEGER NOT NULL DEFAULT 0,  -- tokens, the parts of the prompt disjoint
    cache_read       INTEGER NOT NULL DEFAULT 0,
    cache_write      INTEGER NOT NULL DEFAULT 0,
    cache_write_long INTEGER NOT NULL DEFAULT 0,
    output           INTEGER NOT NULL DEFAULT 0,
    latency_ms       INTEGER NOT NULL DEFAULT 0,
    outcome          TEXT    NOT NULL,  -- 'open', 'lost' (its process died), or how it went
    request_id       TEXT,
    at               INTEGER NOT NULL,
    expires_at       INTEGER NOT NULL,  -- an open one past this is lost
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX model_calls_open ON model_calls (tenant_id, expires_at) WHERE outcome = 'open';
CREATE INDEX model_calls_at ON model_calls (tenant_id, at);

-- One row for each booking (`thr_…`) and each day (`2026-11-23`) in which a model was asked. Changed by addition only, so callers need no lock.
CREATE TABLE model_budgets (
    tenant_id TEXT    NOT NULL,
    scope     TEXT    NOT NULL,
    spent     INTEGER NOT NULL DEFAULT 0,
    reserved  INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, scope)
) STRICT, WITHOUT ROWID;
