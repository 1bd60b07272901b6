-- People as one tenant knows them, and how each channel knows them.
CREATE TABLE customers (
    tenant_id    TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    name         TEXT,
    phone        TEXT,
    phone_proven INTEGER NOT NULL DEFAULT 0 CHECK (phone_proven IN (0, 1)),
    language     TEXT,
    opted_out    INTEGER NOT NULL DEFAULT 0 CHECK (opted_out IN (0, 1)),
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT;

-- Not unique: two people who turn out to be one keep their rows until they are merged with proof.
CREATE INDEX customers_phone ON customers (tenant_id, phone) WHERE phone_proven = 1;

CREATE TABLE identities (
    tenant_id   TEXT NOT NULL,
    channel     TEXT NOT NULL,
    external_id TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    PRIMARY KEY (tenant_id, channel, external_id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX identities_customer ON identities (tenant_id, customer_id);
