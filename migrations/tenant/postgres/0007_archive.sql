-- What nobody has touched for long: conversations and the records of their turns, out of the way of the tables that every turn reads.
CREATE TABLE archive (
    tenant_id   TEXT COLLATE "C"    NOT NULL,
    kind        TEXT COLLATE "C"    NOT NULL CHECK (kind IN ('thread', 'turn')),
    id          TEXT COLLATE "C"    NOT NULL,  -- of a turn: the conversation's id, a slash and the revision
    customer_id TEXT COLLATE "C"    NOT NULL,
    doc         TEXT COLLATE "C"    NOT NULL,
    last_at     BIGINT NOT NULL,  -- the last turn of the conversation
    archived_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, kind, id)
);

CREATE INDEX archive_age ON archive (tenant_id, archived_at);
CREATE INDEX archive_customer ON archive (tenant_id, customer_id);
