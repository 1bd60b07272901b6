-- Customers who found no time and want to be told. Days are local (ISO 8601), minutes are those of a local day.
CREATE TABLE waits (
    tenant_id   TEXT COLLATE "C" NOT NULL,
    id          TEXT COLLATE "C" NOT NULL,
    customer_id TEXT COLLATE "C" NOT NULL,
    service_id  TEXT COLLATE "C" NOT NULL,
    staff_id    TEXT COLLATE "C",
    from_day    TEXT COLLATE "C" NOT NULL,
    to_day      TEXT COLLATE "C" NOT NULL,
    after_min   BIGINT  NOT NULL,
    before_min  BIGINT  NOT NULL,
    starts_at   BIGINT  NOT NULL,  -- the same as moments, in the zone of the tenant at the time
    ends_at     BIGINT  NOT NULL,
    status      TEXT COLLATE "C" NOT NULL CHECK (status IN ('waiting', 'offered', 'taken', 'closed')),
    created_at  BIGINT  NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE INDEX waits_open ON waits (tenant_id, ends_at) WHERE status = 'waiting';
CREATE INDEX waits_customer ON waits (tenant_id, customer_id, created_at);
