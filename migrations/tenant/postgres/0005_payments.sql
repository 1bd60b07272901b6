-- Attempts to be paid, what each paid for, and the ledger that balances.
-- `doc` is the payment as JSON; the columns beside it are what it is found by.
CREATE TABLE payments (
    seq                BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id          TEXT COLLATE "C"    NOT NULL,
    id                 TEXT COLLATE "C"    NOT NULL,
    thread_id          TEXT COLLATE "C"    NOT NULL,
    merchant_reference TEXT COLLATE "C"    NOT NULL,
    status             TEXT COLLATE "C"    NOT NULL,
    in_flight          BIGINT NOT NULL CHECK (in_flight IN (0, 1)),
    open               BIGINT NOT NULL CHECK (open IN (0, 1)),
    doc                TEXT COLLATE "C"    NOT NULL,
    created_at         BIGINT NOT NULL,
    UNIQUE (tenant_id, id),
    UNIQUE (tenant_id, merchant_reference)
);

-- A customer never looks at two prompts of one conversation.
CREATE UNIQUE INDEX payments_in_flight ON payments (tenant_id, thread_id) WHERE in_flight = 1;
CREATE INDEX payments_thread ON payments (tenant_id, thread_id, created_at);
CREATE INDEX payments_open ON payments (tenant_id, created_at) WHERE open = 1;

-- An appointment that took another's place inherits what paid for it, so there may be more rows than the payment's own list.
CREATE TABLE payment_appointments (
    tenant_id      TEXT COLLATE "C" NOT NULL,
    appointment_id TEXT COLLATE "C" NOT NULL,
    payment_id     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, appointment_id, payment_id),
    FOREIGN KEY (tenant_id, payment_id) REFERENCES payments (tenant_id, id)
);

CREATE INDEX payment_appointments_payment ON payment_appointments (tenant_id, payment_id);

CREATE TABLE ledger (
    seq        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id  TEXT COLLATE "C"    NOT NULL,
    id         TEXT COLLATE "C"    NOT NULL,
    payment_id TEXT COLLATE "C"    NOT NULL,
    movement   TEXT COLLATE "C"    NOT NULL,
    account    TEXT COLLATE "C"    NOT NULL,
    minor      BIGINT NOT NULL,
    currency   TEXT COLLATE "C"    NOT NULL,
    receipt    TEXT COLLATE "C",
    at         BIGINT NOT NULL,
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, payment_id) REFERENCES payments (tenant_id, id)
);

CREATE INDEX ledger_payment ON ledger (tenant_id, payment_id, seq);
