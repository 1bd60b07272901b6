-- What is to be done outside, and what is to happen at some time.
CREATE TABLE outbox (
    seq         BIGINT GENERATED ALWAYS AS IDENTITY,  -- rows of a lane go out in this order
    tenant_id   TEXT COLLATE "C"    NOT NULL,
    id          TEXT COLLATE "C"    NOT NULL,
    customer_id TEXT COLLATE "C"    NOT NULL,
    thread_id   TEXT COLLATE "C",
    lane        TEXT COLLATE "C"    NOT NULL,
    spoken      BIGINT NOT NULL CHECK (spoken IN (0, 1)),  -- a reply to the customer: a line of the transcript
    after_inbox BIGINT NOT NULL,  -- the inbox row that it answers, for the transcript's order
    what        TEXT COLLATE "C"    NOT NULL,
    status      TEXT COLLATE "C"    NOT NULL CHECK (status IN ('pending', 'unknown', 'done', 'failed')),
    due_at      BIGINT NOT NULL,  -- when it may be taken: the next try, the moment to decide, or the end of a lease
    leased      BIGINT NOT NULL CHECK (leased IN (0, 1)),  -- somebody may be trying it just now
    attempts    BIGINT NOT NULL DEFAULT 0,
    delivery    BIGINT,           -- 0 accepted, 1 sent, 2 delivered, 3 read, 4 played; never goes down
    provider_id TEXT COLLATE "C",
    billable    BIGINT NOT NULL DEFAULT 0,
    fault       TEXT COLLATE "C",              -- why it failed or is tried again
    fault_code  TEXT COLLATE "C",
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE INDEX outbox_lane ON outbox (tenant_id, lane, seq) WHERE status IN ('pending', 'unknown');
CREATE INDEX outbox_provider ON outbox (tenant_id, provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX outbox_customer ON outbox (tenant_id, customer_id, seq);

-- Reports of messages whose sending has not been answered yet (or that are not ours); forgotten after a week.
CREATE TABLE early_statuses (
    tenant_id   TEXT COLLATE "C"    NOT NULL,
    provider_id TEXT COLLATE "C"    NOT NULL,
    delivery    BIGINT,
    fault       TEXT COLLATE "C",
    fault_code  TEXT COLLATE "C",
    at          BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, provider_id)
);

CREATE INDEX early_statuses_age ON early_statuses (tenant_id, at);

CREATE TABLE timers (
    tenant_id   TEXT COLLATE "C"    NOT NULL,
    customer_id TEXT COLLATE "C"    NOT NULL,
    key         TEXT COLLATE "C"    NOT NULL,
    id          TEXT COLLATE "C"    NOT NULL,
    due_at      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, customer_id, key)
);
