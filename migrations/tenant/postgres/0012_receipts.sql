-- A provider's receipt is of one payment: money that is told on two is caught here, whoever commits first.
CREATE TABLE receipts (
    tenant_id  TEXT COLLATE "C" NOT NULL,
    rail       TEXT COLLATE "C" NOT NULL,
    receipt    TEXT COLLATE "C" NOT NULL,
    payment_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, rail, receipt),
    FOREIGN KEY (tenant_id, payment_id) REFERENCES payments (tenant_id, id)
);

-- Books are looked at by day, and by what waits for a person.
CREATE INDEX payments_made ON payments (tenant_id, created_at);
CREATE INDEX payments_state ON payments (tenant_id, status, seq);
CREATE INDEX ledger_day ON ledger (tenant_id, at);
