-- What is due next is found by an index that serves nothing else. Its collation says so: only who asks for `queue COLLATE "POSIX"` is offered it
-- (the order is the same, bytes). Under the column's own collation a planner that knows nothing of the table yet took it for lookups by key as
-- well, which read through all that the tenant had waiting, and all that had been done since the last vacuum.
CREATE INDEX due_by_time ON due (queue COLLATE "POSIX", tenant_id, due_at, key);
DROP INDEX due_next;
