-- Attempts to be paid, what each paid for, and the ledger that balances.
-- `doc` is the payment as JSON; the columns beside it are what it is found by.
CREATE TABLE payments (
    seq                INTEGER PRIMARY KEY,
    tenant_id          TEXT    NOT NULL,
    id                 TEXT    NOT NULL,
    thread_id          TEXT    NOT NULL,
    merchant_reference TEXT    NOT NULL,
    status             TEXT    NOT NULL,
    in_flight          INTEGER NOT NULL CHECK (in_flight IN (0, 1)),
    open               INTEGER NOT NULL CHECK (open IN (0, 1)),
    doc                TEXT    NOT NULL,
    created_at         INTEGER NOT NULL,
    UNIQUE (tenant_id, id),
    UNIQUE (tenant_id, merchant_reference)
) STRICT;

-- A customer never looks at two prompts of one conversation.
CREATE UNIQUE INDEX payments_in_flight ON payments (tenant_id, thread_id) WHERE in_flight = 1;
CREATE INDEX payments_thread ON payments (tenant_id, thread_id, created_at);
CREATE INDEX payments_open ON payments (tenant_id, created_at) WHERE open = 1;

-- An appointment that took another's place inherits what paid for it, so there may be more rows than the payment's own list.
CREATE TABLE payment_appointments (
    tenant_id      TEXT NOT NULL,
    appointment_id TEXT NOT NULL,
    payment_id     TEXT NOT NULL,
    PRIMARY KEY (tenant_id, appointment_id, payment_id),
    FOREIGN KEY (tenant_id, payment_id) REFERENCES payments (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX payment_appointments_payment ON payment_appointments (tenant_id, payment_id);

CREATE TABLE ledger (
    seq        INTEGER PRIMARY KEY,
    tenant_id  TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    payment_id TEXT    NOT NULL,
    movement   TEXT    NOT NULL,
    account    TEXT    NOT NULL,
    minor      INTEGER NOT NULL,
    currency   TEXT    NOT NULL,
    receipt    TEXT,
    at         INTEGER NOT NULL,
    UNIQUE (tenant_id, id),
    FOREIGN KEY (tenant_id, payment_id) REFERENCES payments (tenant_id, id)
) STRICT;

CREATE INDEX ledger_payment ON ledger (tenant_id, payment_id, seq);
