-- People as one tenant knows them, and how each channel knows them.
CREATE TABLE customers (
    tenant_id    TEXT COLLATE "C"    NOT NULL,
    id           TEXT COLLATE "C"    NOT NULL,
    name         TEXT COLLATE "C",
    phone        TEXT COLLATE "C",
    phone_proven BIGINT NOT NULL DEFAULT 0 CHECK (phone_proven IN (0, 1)),
    language     TEXT COLLATE "C",
    opted_out    BIGINT NOT NULL DEFAULT 0 CHECK (opted_out IN (0, 1)),
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

-- Not unique: two people who turn out to be one keep their rows until they are merged with proof.
CREATE INDEX customers_phone ON customers (tenant_id, phone) WHERE phone_proven = 1;

CREATE TABLE identities (
    tenant_id   TEXT COLLATE "C" NOT NULL,
    channel     TEXT COLLATE "C" NOT NULL,
    external_id TEXT COLLATE "C" NOT NULL,
    customer_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant_id, channel, external_id),
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
);

CREATE INDEX identities_customer ON identities (tenant_id, customer_id);
