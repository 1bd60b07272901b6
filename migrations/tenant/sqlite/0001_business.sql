-- A tenant's rules and catalogue as one versioned document: old versions stay, so that old turns can be replayed.
CREATE TABLE business_versions (
    tenant_id TEXT    NOT NULL,
    version   INTEGER NOT NULL CHECK (version > 0),
    doc       TEXT    NOT NULL,
    saved_at  INTEGER NOT NULL,  -- microseconds since 1970, as every moment in this database
    PRIMARY KEY (tenant_id, version)
) STRICT;

-- What the business has written down once, so that nobody has to answer it again.
CREATE TABLE snippets (
    tenant_id  TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    doc        TEXT    NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT;

-- Questions that no snippet answered: the owner's list.
CREATE TABLE unanswered (
    seq       INTEGER PRIMARY KEY,
    tenant_id TEXT    NOT NULL,
    question  TEXT    NOT NULL,
    asked_at  INTEGER NOT NULL
) STRICT;

CREATE INDEX unanswered_order ON unanswered (tenant_id, seq);
