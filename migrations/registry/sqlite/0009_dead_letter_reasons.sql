-- Why somebody dismissed a letter; NULL while it is open, and when it was replayed.
ALTER TABLE dead_letters ADD COLUMN dismissed_because TEXT;

-- The views name their columns, so that they have to be made again to show it.
DROP VIEW inbound_quarantine;
CREATE VIEW inbound_quarantine AS
    SELECT id, source, reason, raw, received_at, settled_at, dismissed_because FROM dead_letters WHERE kind = 'quarantine';
DROP VIEW payment_callbacks_unrouted;
CREATE VIEW payment_callbacks_unrouted AS
    SELECT id, source, reason, raw, received_at, settled_at, dismissed_because FROM dead_letters WHERE kind = 'unrouted_callback';
