-- When somebody saw to an outbox item that failed, and how: sent again, gone another way, dismissed for a reason. Null: nobody has.
ALTER TABLE outbox ADD COLUMN settled_at INTEGER;
ALTER TABLE outbox ADD COLUMN settled_how TEXT;

CREATE INDEX outbox_failed ON outbox (tenant_id, seq) WHERE status = 'failed' AND settled_at IS NULL;
CREATE INDEX outbox_settled ON outbox (tenant_id, settled_at) WHERE settled_at IS NOT NULL;
