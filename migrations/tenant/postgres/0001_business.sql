-- A tenant's rules and catalogue as one versioned document: old versions stay, so that old turns can be replayed.
CREATE TABLE business_versions (
    tenant_id TEXT COLLATE "C"    NOT NULL,
    version   BIGINT NOT NULL CHECK (version > 0),
    doc       TEXT COLLATE "C"    NOT NULL,
    saved_at  BIGINT NOT NULL,  -- microseconds since 1970, as every moment in this database
    PRIMARY KEY (tenant_id, version)
);

-- What the business has written down once, so that nobody has to answer it again.
CREATE TABLE snippets (
    tenant_id  TEXT COLLATE "C"    NOT NULL,
    id         TEXT COLLATE "C"    NOT NULL,
    doc        TEXT COLLATE "C"    NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

-- Questions that no snippet answered: the owner's list.
CREATE TABLE unanswered (
    seq       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id TEXT COLLATE "C"    NOT NULL,
    question  TEXT COLLATE "C"    NOT NULL,
    asked_at  BIGINT NOT NULL
);

CREATE INDEX unanswered_order ON unanswered (tenant_id, seq);
