-- Accounts at the SMS provider. `api_key` is sealed before it comes here; delivery reports are not signed, so their address carries the token.
CREATE TABLE sms_accounts (
    tenant_id      TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES tenants (id),
    username       TEXT COLLATE "C" NOT NULL,
    sender         TEXT,
    delivery_token TEXT COLLATE "C" NOT NULL UNIQUE,
    api_key        BYTEA NOT NULL
);
