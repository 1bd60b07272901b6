-- What came in and could not be handled, kept whole for the operator. It belongs to nobody we know, so there is no tenant.
CREATE TABLE dead_letters (
    seq         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,  -- order of arrival
    id          TEXT COLLATE "C"    NOT NULL UNIQUE,
    kind        TEXT COLLATE "C"    NOT NULL CHECK (kind IN ('quarantine', 'unrouted_callback')),
    source      TEXT COLLATE "C"    NOT NULL,
    reason      TEXT COLLATE "C"    NOT NULL,
    raw         TEXT COLLATE "C"    NOT NULL,
    received_at BIGINT NOT NULL,
    settled_at  BIGINT
);

CREATE INDEX dead_letters_open ON dead_letters (kind, seq) WHERE settled_at IS NULL;

-- The two piles under the names that operators know.
CREATE VIEW inbound_quarantine AS
    SELECT id, source, reason, raw, received_at, settled_at FROM dead_letters WHERE kind = 'quarantine';
CREATE VIEW payment_callbacks_unrouted AS
    SELECT id, source, reason, raw, received_at, settled_at FROM dead_letters WHERE kind = 'unrouted_callback';
