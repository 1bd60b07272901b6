-- Customers who found no time and want to be told. Days are local (ISO 8601), minutes are those of a local day.
CREATE TABLE waits (
    tenant_id   TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    customer_id TEXT    NOT NULL,
    service_id  TEXT    NOT NULL,
    staff_id    TEXT,
    from_day    TEXT    NOT NULL,
    to_day      TEXT    NOT NULL,
    after_min   INTEGER NOT NULL,
    before_min  INTEGER NOT NULL,
    starts_at   INTEGER NOT NULL,  -- the same as moments, in the zone of the tenant at the time
    ends_at     INTEGER NOT NULL,
    status      TEXT    NOT NULL CHECK (status IN ('waiting', 'offered', 'taken', 'closed')),
    created_at  INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX waits_open ON waits (tenant_id, ends_at) WHERE status = 'waiting';
CREATE INDEX waits_customer ON waits (tenant_id, customer_id, created_at);
