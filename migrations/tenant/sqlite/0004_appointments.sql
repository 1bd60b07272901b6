-- Claims on time. That two active ones of a staff member or resource never overlap is kept by the one INSERT and the one UPDATE
-- that make a row active: each carries the check inside its own statement, in an immediate transaction of the only writer.
CREATE TABLE appointments (
    tenant_id       TEXT    NOT NULL,
    id              TEXT    NOT NULL,
    customer_id     TEXT    NOT NULL,  -- no foreign key: a walk-in may have no customer row
    thread_id       TEXT,
    service_id      TEXT    NOT NULL,
    staff_id        TEXT    NOT NULL,
    resource_id     TEXT,
    starts_at       INTEGER NOT NULL,
    ends_at         INTEGER NOT NULL,
    blocked_from    INTEGER NOT NULL,
    blocked_until   INTEGER NOT NULL,
    status          TEXT    NOT NULL
        CHECK (status IN ('held', 'confirmed', 'completed', 'no_show', 'cancelled', 'expired')),
    hold_expires_at INTEGER,
    price_minor     INTEGER NOT NULL,
    paid_minor      INTEGER NOT NULL,
    currency        TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, id),
    CHECK (starts_at < ends_at),
    CHECK (blocked_from <= starts_at AND ends_at <= blocked_until),
    CHECK ((status = 'held') = (hold_expires_at IS NOT NULL))
) STRICT;

-- The end comes first: what is still to end is little, what has ended grows for ever.
CREATE INDEX appointments_staff ON appointments (tenant_id, staff_id, blocked_until)
    WHERE status IN ('held', 'confirmed');
CREATE INDEX appointments_resource ON appointments (tenant_id, resource_id, blocked_until)
    WHERE status IN ('held', 'confirmed') AND resource_id IS NOT NULL;
CREATE INDEX appointments_diary ON appointments (tenant_id, blocked_until);
CREATE INDEX appointments_customer ON appointments (tenant_id, customer_id, starts_at);
