-- One-time codes that were sent to numbers: digests only.
CREATE TABLE proofs (
    tenant_id   TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    customer_id TEXT    NOT NULL,  -- who says that the number is theirs
    phone       TEXT    NOT NULL,
    salt        TEXT    NOT NULL,
    digest      TEXT    NOT NULL,
    tries       INTEGER NOT NULL CHECK (tries >= 0),
    expires_at  INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX proofs_customer ON proofs (tenant_id, customer_id, created_at);
CREATE INDEX proofs_phone ON proofs (tenant_id, phone, created_at);

-- Rows of `customers` that turned out to be one person: what the one that is gone was like, and who they are now. The conversation in
-- which that was proven (`head`) stays current, though the other may have had a newer one (`head_until`), until one begins after both.
CREATE TABLE customer_merges (
    tenant_id  TEXT    NOT NULL,
    gone_id    TEXT    NOT NULL,
    now_id     TEXT    NOT NULL,
    gone       TEXT    NOT NULL,
    kept       TEXT    NOT NULL,
    head       TEXT,
    head_until TEXT,
    at         INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, gone_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX customer_merges_now ON customer_merges (tenant_id, now_id);
