-- What came in and could not be handled, kept whole for the operator. It belongs to nobody we know, so there is no tenant.
CREATE TABLE dead_letters (
    seq         INTEGER PRIMARY KEY,  -- order of arrival
    id          TEXT    NOT NULL UNIQUE,
    kind        TEXT    NOT NULL CHECK (kind IN ('quarantine', 'unrouted_callback', 'turn')),
    source      TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    raw         TEXT    NOT NULL,
    received_at INTEGER NOT NULL,
    settled_at  INTEGER
) STRICT;

CREATE INDEX dead_letters_open ON dead_letters (kind, seq) WHERE settled_at IS NULL;

-- The two piles under the names that operators know.
CREATE VIEW inbound_quarantine AS
    SELECT id, source, reason, raw, received_at, settled_at FROM dead_letters WHERE kind = 'quarantine';
CREATE VIEW payment_callbacks_unrouted AS
    SELECT id, source, reason, raw, received_at, settled_at FROM dead_letters WHERE kind = 'unrouted_callback';
