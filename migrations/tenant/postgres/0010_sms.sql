-- What texts cost, and the numbers that want none.
CREATE TABLE sms (
    tenant_id  TEXT COLLATE "C" NOT NULL,
    outbox_id  TEXT COLLATE "C" NOT NULL,
    phone      TEXT COLLATE "C" NOT NULL,
    segments   BIGINT NOT NULL,
    cost_minor BIGINT,           -- as the provider told; NULL where it did not
    currency   TEXT COLLATE "C",
    at         BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, outbox_id)
);

CREATE INDEX sms_log ON sms (tenant_id, at);

CREATE TABLE sms_blocked (
    tenant_id TEXT COLLATE "C" NOT NULL,
    phone     TEXT COLLATE "C" NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, phone)
);
