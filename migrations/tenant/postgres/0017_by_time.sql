-- Rows by time, without the tenant in front: in a schema of its own every row is the tenant's. With it, a planner that knew nothing of the
-- table yet took these indexes for lookups by id as well, which then read every row.
DROP INDEX IF EXISTS threads_recent;
CREATE INDEX threads_by_time ON threads (updated_at);
DROP INDEX IF EXISTS appointments_diary;
CREATE INDEX appointments_by_time ON appointments (blocked_until);
