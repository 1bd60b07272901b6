-- Who is served. Found before a tenant is known, so it belongs to no tenant.
-- `doc` is the record as JSON; `slug` and `status` are kept beside it because they are searched and changed on their own.
CREATE TABLE tenants (
    id         TEXT    NOT NULL PRIMARY KEY,
    slug       TEXT    NOT NULL UNIQUE,
    status     TEXT    NOT NULL CHECK (status IN ('active', 'suspended')),
    doc        TEXT    NOT NULL,
    created_at INTEGER NOT NULL  -- microseconds since 1970, as every moment in this database
) STRICT;
