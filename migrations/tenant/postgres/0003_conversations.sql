-- Conversations, why they have to take turns (the inbox), and the record of each turn taken.
CREATE TABLE threads (
    tenant_id       TEXT COLLATE "C"    NOT NULL,
    id              TEXT COLLATE "C"    NOT NULL,
    customer_id     TEXT COLLATE "C"    NOT NULL,
    revision        BIGINT NOT NULL CHECK (revision > 0),
    state           TEXT COLLATE "C"    NOT NULL,
    state_name      TEXT COLLATE "C"    NOT NULL,
    driver_name     TEXT COLLATE "C"    NOT NULL,
    address         TEXT COLLATE "C"    NOT NULL,
    capabilities    TEXT COLLATE "C"    NOT NULL,
    offered         TEXT COLLATE "C"    NOT NULL,
    last_inbound_at BIGINT,
    updated_at      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
);

-- Ids open with their moment of birth, so the last id of a customer is the newest conversation.
CREATE INDEX threads_customer ON threads (tenant_id, customer_id, id);
CREATE INDEX threads_recent ON threads (tenant_id, updated_at);

CREATE TABLE inbox (
    seq         BIGINT GENERATED ALWAYS AS IDENTITY,  -- order of arrival
    tenant_id   TEXT COLLATE "C"    NOT NULL,
    id          TEXT COLLATE "C"    NOT NULL,
    customer_id TEXT COLLATE "C"    NOT NULL,
    dedupe_key  TEXT COLLATE "C"    NOT NULL,
    spoken      BIGINT NOT NULL CHECK (spoken IN (0, 1)),  -- somebody said something: a line of the transcript
    cause       TEXT COLLATE "C"    NOT NULL,
    received_at BIGINT NOT NULL,
    done_at     BIGINT,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, dedupe_key),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
);

CREATE INDEX inbox_pending ON inbox (tenant_id, customer_id, seq) WHERE done_at IS NULL;
CREATE INDEX inbox_customer ON inbox (tenant_id, customer_id, seq);

CREATE TABLE turn_records (
    tenant_id TEXT COLLATE "C"    NOT NULL,
    thread_id TEXT COLLATE "C"    NOT NULL,
    revision  BIGINT NOT NULL,
    doc       TEXT COLLATE "C"    NOT NULL,
    PRIMARY KEY (tenant_id, thread_id, revision)
);
