-- One-time codes that were sent to numbers: digests only.
CREATE TABLE proofs (
    tenant_id   TEXT COLLATE "C" NOT NULL,
    id          TEXT COLLATE "C" NOT NULL,
    customer_id TEXT COLLATE "C" NOT NULL,  -- who says that the number is theirs
    phone       TEXT COLLATE "C" NOT NULL,
    salt        TEXT COLLATE "C" NOT NULL,
    digest      TEXT COLLATE "C" NOT NULL,
    tries       BIGINT  NOT NULL CHECK (tries >= 0),
    expires_at  BIGINT  NOT NULL,
    created_at  BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE INDEX proofs_customer ON proofs (tenant_id, customer_id, created_at);
CREATE INDEX proofs_phone ON proofs (tenant_id, phone, created_at);

-- Rows of `customers` that turned out to be one person: what the one that is gone was like, and who they are now. The conversation in
-- which that was proven (`head`) stays current, though the other may have had a newer one (`head_until`), until one begins after both.
CREATE TABLE customer_merges (
    tenant_id  TEXT COLLATE "C" NOT NULL,
    gone_id    TEXT COLLATE "C" NOT NULL,
    now_id     TEXT COLLATE "C" NOT NULL,
    gone       TEXT COLLATE "C" NOT NULL,
    kept       TEXT COLLATE "C" NOT NULL,
    head       TEXT COLLATE "C",
    head_until TEXT COLLATE "C",
    at         BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, gone_id)
);

CREATE INDEX customer_merges_now ON customer_merges (tenant_id, now_id);
