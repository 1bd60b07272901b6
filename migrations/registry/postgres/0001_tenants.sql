-- Exclusion constraints over an equal part and a range need operator classes for the equal part.
CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public;

-- Who is served. Found before a tenant is known, so it belongs to no tenant.
-- `doc` is the record as JSON; `slug` and `status` are kept beside it because they are searched and changed on their own.
CREATE TABLE tenants (
    id         TEXT COLLATE "C"    NOT NULL PRIMARY KEY,
    slug       TEXT COLLATE "C"    NOT NULL UNIQUE,
    status     TEXT COLLATE "C"    NOT NULL CHECK (status IN ('active', 'suspended')),
    doc        TEXT COLLATE "C"    NOT NULL,
    created_at BIGINT NOT NULL  -- microseconds since 1970, as every moment in this database
);

-- Where a tenant's tables are, and how far they are migrated. The row without a tenant is a room that stays empty: whoever asks for a tenant
-- that does not exist reads there, and finds nothing.
CREATE TABLE tenant_schemas (
    tenant_id   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    schema_name TEXT COLLATE "C" NOT NULL UNIQUE CHECK (schema_name ~ '^tenant_[a-z0-9_]+$'),
    version     BIGINT NOT NULL  -- of the tenant chain
);

-- What is due, wherever it is: one row for each inbox item that waits, each outbox item that is not ended, each timer. The rows that say
-- what is to be done are in the tenant's schema, and change in the same transaction.
-- `due_at` is when it may be taken: its time, or the end of somebody's lease on it.
CREATE TABLE due (
    tenant_id   TEXT COLLATE "C" NOT NULL,
    queue       TEXT COLLATE "C" NOT NULL CHECK (queue IN ('inbox', 'outbox', 'timer')),
    key         TEXT COLLATE "C" NOT NULL,  -- the item's id; of a timer: whose, and which
    customer_id TEXT COLLATE "C" NOT NULL,
    due_at      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, queue, key)
);

CREATE INDEX due_next ON due (queue, tenant_id, due_at, key);
