-- Claims on time. Two active ones of a staff member or resource never overlap: the database itself refuses, whatever the code above it does.
-- Rows become active by INSERT ... ON CONFLICT DO NOTHING only: a plain INSERT or UPDATE waits for its rival while that waits for it.
CREATE TABLE appointments (
    tenant_id       TEXT COLLATE "C"    NOT NULL,
    id              TEXT COLLATE "C"    NOT NULL,
    customer_id     TEXT COLLATE "C"    NOT NULL,  -- no foreign key: a walk-in may have no customer row
    thread_id       TEXT COLLATE "C",
    service_id      TEXT COLLATE "C"    NOT NULL,
    staff_id        TEXT COLLATE "C"    NOT NULL,
    resource_id     TEXT COLLATE "C",
    starts_at       BIGINT NOT NULL,
    ends_at         BIGINT NOT NULL,
    blocked_from    BIGINT NOT NULL,
    blocked_until   BIGINT NOT NULL,
    status          TEXT COLLATE "C"    NOT NULL
        CHECK (status IN ('held', 'confirmed', 'completed', 'no_show', 'cancelled', 'expired')),
    hold_expires_at BIGINT,
    price_minor     BIGINT NOT NULL,
    paid_minor      BIGINT NOT NULL,
    currency        TEXT COLLATE "C"    NOT NULL,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CHECK (starts_at < ends_at),
    CHECK (blocked_from <= starts_at AND ends_at <= blocked_until),
    CHECK ((status = 'held') = (hold_expires_at IS NOT NULL)),
    CONSTRAINT appointments_staff_free
        EXCLUDE USING gist (staff_id WITH =, int8range(blocked_from, blocked_until) WITH &&)
        WHERE (status IN ('held', 'confirmed')),
    CONSTRAINT appointments_resource_free
        EXCLUDE USING gist (resource_id WITH =, int8range(blocked_from, blocked_until) WITH &&)
        WHERE (status IN ('held', 'confirmed') AND resource_id IS NOT NULL)
);

-- The end comes first: what is still to end is little, what has ended grows for ever.
CREATE INDEX appointments_diary ON appointments (tenant_id, blocked_until);
CREATE INDEX appointments_customer ON appointments (tenant_id, customer_id, starts_at);
