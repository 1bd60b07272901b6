-- Accounts on channels and payment rails. `token` and `credentials` are sealed (XChaCha20-Poly1305) before they come here.
-- An account belongs to one tenant: it is what a webhook names its tenant by.
CREATE TABLE channel_accounts (
    channel   TEXT COLLATE "C" NOT NULL,
    account   TEXT COLLATE "C" NOT NULL,
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    token     BYTEA NOT NULL,
    PRIMARY KEY (channel, account)
);

CREATE INDEX channel_accounts_tenant ON channel_accounts (tenant_id);

CREATE TABLE merchants (
    tenant_id   TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    rail        TEXT COLLATE "C" NOT NULL,
    credentials BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, rail)
);
