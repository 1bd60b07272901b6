-- Keys with which a tenant's own programs and its owner's tools speak to the admin API. Only a hash is kept; the key is shown once.
CREATE TABLE api_keys (
    id         TEXT    NOT NULL PRIMARY KEY,
    tenant_id  TEXT    NOT NULL REFERENCES tenants (id),
    label      TEXT    NOT NULL,
    hash       TEXT    NOT NULL UNIQUE,  -- SHA-256 of a key of 256 unguessable bits, in hexadecimal digits
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX api_keys_tenant ON api_keys (tenant_id);
