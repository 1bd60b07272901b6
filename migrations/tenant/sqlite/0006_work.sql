-- What is to be done outside, and what is to happen at some time.
CREATE TABLE outbox (
    seq         INTEGER PRIMARY KEY,  -- rows of a lane go out in this order
    tenant_id   TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    customer_id TEXT    NOT NULL,
    thread_id   TEXT,
    lane        TEXT    NOT NULL,
    spoken      INTEGER NOT NULL CHECK (spoken IN (0, 1)),  -- a reply to the customer: a line of the transcript
    after_inbox INTEGER NOT NULL,  -- the inbox row that it answers, for the transcript's order
    what        TEXT    NOT NULL,
    status      TEXT    NOT NULL CHECK (status IN ('pending', 'unknown', 'done', 'failed')),
    due_at      INTEGER NOT NULL,  -- when it may be taken: the next try, the moment to decide, or the end of a lease
    leased      INTEGER NOT NULL CHECK (leased IN (0, 1)),  -- somebody may be trying it just now
    attempts    INTEGER NOT NULL DEFAULT 0,
    delivery    INTEGER,           -- 0 accepted, 1 sent, 2 delivered, 3 read, 4 played; never goes down
    provider_id TEXT,
    billable    INTEGER NOT NULL DEFAULT 0,
    fault       TEXT,              -- why it failed or is tried again
    fault_code  TEXT,
    created_at  INTEGER NOT NULL,
    UNIQUE (tenant_id, id)
) STRICT;

CREATE INDEX outbox_lane ON outbox (tenant_id, lane, seq) WHERE status IN ('pending', 'unknown');
-- Without the tenant in front: the worker looks for what is due anywhere.
CREATE INDEX outbox_due ON outbox (due_at) WHERE status IN ('pending', 'unknown');
CREATE INDEX outbox_provider ON outbox (tenant_id, provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX outbox_customer ON outbox (tenant_id, customer_id, seq);

-- Reports of messages whose sending has not been answered yet (or that are not ours); forgotten after a week.
CREATE TABLE early_statuses (
    tenant_id   TEXT    NOT NULL,
    provider_id TEXT    NOT NULL,
    delivery    INTEGER,
    fault       TEXT,
    fault_code  TEXT,
    at          INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, provider_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX early_statuses_age ON early_statuses (tenant_id, at);

CREATE TABLE timers (
    tenant_id   TEXT    NOT NULL,
    customer_id TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    due_at      INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, customer_id, key)
) STRICT, WITHOUT ROWID;

-- Without the tenant in front: the worker looks for what is due anywhere.
CREATE INDEX timers_due ON timers (due_at);
