-- Conversations, why they have to take turns (the inbox), and the record of each turn taken.
CREATE TABLE threads (
    tenant_id       TEXT    NOT NULL,
    id              TEXT    NOT NULL,
    customer_id     TEXT    NOT NULL,
    revision        INTEGER NOT NULL CHECK (revision > 0),
    state           TEXT    NOT NULL,
    state_name      TEXT    NOT NULL,
    driver_name     TEXT    NOT NULL,
    address         TEXT    NOT NULL,
    capabilities    TEXT    NOT NULL,
    offered         TEXT    NOT NULL,
    last_inbound_at INTEGER,
    updated_at      INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
) STRICT;

-- Ids open with their moment of birth, so the last id of a customer is the newest conversation.
CREATE INDEX threads_customer ON threads (tenant_id, customer_id, id);
CREATE INDEX threads_recent ON threads (tenant_id, updated_at);

CREATE TABLE inbox (
    seq         INTEGER PRIMARY KEY,  -- order of arrival
    tenant_id   TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    customer_id TEXT    NOT NULL,
    dedupe_key  TEXT    NOT NULL,
    spoken      INTEGER NOT NULL CHECK (spoken IN (0, 1)),  -- somebody said something: a line of the transcript
    cause       TEXT    NOT NULL,
    received_at INTEGER NOT NULL,
    done_at     INTEGER,
    UNIQUE (tenant_id, id),
    UNIQUE (tenant_id, dedupe_key),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
) STRICT;

CREATE INDEX inbox_pending ON inbox (tenant_id, customer_id, seq) WHERE done_at IS NULL;
-- Without the tenant in front: the worker looks for what waits anywhere.
CREATE INDEX inbox_waiting ON inbox (received_at) WHERE done_at IS NULL;
CREATE INDEX inbox_spoken ON inbox (tenant_id, customer_id, seq) WHERE spoken = 1;

CREATE TABLE turn_records (
    tenant_id TEXT    NOT NULL,
    thread_id TEXT    NOT NULL,
    revision  INTEGER NOT NULL,
    doc       TEXT    NOT NULL,
    PRIMARY KEY (tenant_id, thread_id, revision)
) STRICT;
