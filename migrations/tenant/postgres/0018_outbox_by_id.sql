-- Of indexes that seem to cost the same the planner takes the newest, and of a table that has not been looked at yet (autovacuum does, within a
-- minute or so) they all seem to cost the same. So the items of a new tenant were found by `outbox_customer`, which read the whole outbox through for
-- each. Where there is something the planner knows better, and nothing is built anew.
DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM outbox) THEN
        ALTER TABLE outbox DROP CONSTRAINT outbox_pkey, ADD CONSTRAINT outbox_pkey PRIMARY KEY (tenant_id, id);
    END IF;
END $$;
