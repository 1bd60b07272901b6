-- What language models have cost, and what may still be spent: every call, and the sum of each booking and each day.
CREATE TABLE model_calls (
    tenant_id        TEXT COLLATE "C"    NOT NULL,
    id               TEXT COLLATE "C"    NOT NULL,
    thread_id        TEXT COLLATE "C",              -- the booking; none for what belongs to none
    day              TEXT COLLATE "C"    NOT NULL,  -- the tenant's local day
    role             TEXT COLLATE "C"    NOT NULL,
    provider         TEXT COLLATE "C"    NOT NULL,
    model            TEXT COLLATE "C"    NOT NULL,
    answered_by      TEXT COLLATE "C",
    prompt           TEXT COLLATE "C"    NOT NULL,
    prompt_hash      TEXT COLLATE "C"    NOT NULL,
    prices           TEXT COLLATE "C"    NOT NULL,  -- the date of the price table
    reserved         BIGINT NOT NULL,  -- micro-dollars, as all money here
    cost             BIGINT NOT NULL DEFAULT 0,
    estimated        BIGINT NOT NULL DEFAULT 0 CHECK (estimated IN (0, 1)),
    input            BIGINT NOT NULL DEFAULT 0,  -- tokens, the parts of the prompt disjoint
    cache_read       BIGINT NOT NULL DEFAULT 0,
    cache_write      BIGINT NOT NULL DEFAULT 0,
    cache_write_long BIGINT NOT NULL DEFAULT 0,
    output           BIGINT NOT NULL DEFAULT 0,
    latency_ms       BIGINT NOT NULL DEFAULT 0,
    outcome          TEXT COLLATE "C"    NOT NULL,  -- 'open', 'lost' (its process died), or how it went
    request_id       TEXT COLLATE "C",
    at               BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL,  -- an open one past this is lost
    PRIMARY KEY (tenant_id, id)
);

CREATE INDEX model_calls_open ON model_calls (tenant_id, expires_at) WHERE outcome = 'open';
CREATE INDEX model_calls_at ON model_calls (tenant_id, at);

-- One row for each booking (`thr_…`) and each day (`2026-11-23`) in which a model was asked. Changed by addition only, so callers need no lock.
CREATE TABLE model_budgets (
    tenant_id TEXT COLLATE "C"    NOT NULL,
    scope     TEXT COLLATE "C"    NOT NULL,
    spent     BIGINT NOT NULL DEFAULT 0,
    reserved  BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, scope)
);
