-- What texts cost, and the numbers that want none.
CREATE TABLE sms (
    tenant_id  TEXT    NOT NULL,
    outbox_id  TEXT    NOT NULL,
    phone      TEXT    NOT NULL,
    segments   INTEGER NOT NULL,
    cost_minor INTEGER,           -- as the provider told; NULL where it did not
    currency   TEXT,
    at         INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, outbox_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX sms_log ON sms (tenant_id, at);

CREATE TABLE sms_blocked (
    tenant_id TEXT    NOT NULL,
    phone     TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, phone)
) STRICT, WITHOUT ROWID;
