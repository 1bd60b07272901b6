-- The three calls that every message makes, each as one round trip and one transaction: a message is stored, a lane is read, a turn is
-- committed. They do what the shared statements do, for what is usual; for anything else the store takes the shared statements themselves.
-- Each looks up single rows by index, whatever the statistics of a young table say, and is planned once in a session: hence the settings.
-- Made many times over under numbered names (`slots.rs`), so that a connection calls each for one tenant only and its plans stay good.
-- Replaced at every migration. One that takes or gives something else gets a new number, so that programs of before and after may run together.

-- Stores inbox items of senders who are known and of whom nothing new is learnt. Gives one row for each item: its place, the customer
-- (NULL: not stored, for somebody else to find or make) and whether it is fresh. With `p_whole`, all are stored or none.
CREATE OR REPLACE FUNCTION public.ratiba_accept_1(
    p_room text, p_tenant text, p_whole boolean,
    p_ids text[], p_keys text[], p_customers text[], p_senders text[], p_spoken bigint[], p_causes text[], p_received bigint[]
) RETURNS TABLE (place bigint, customer_id text, fresh bigint) LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE
    who text[];
BEGIN
    PERFORM set_config('search_path', p_room || ', public', true);
    -- One lookup inside another, never a join: a plan that was made while the tables were empty would read them through for each item.
    SELECT array_agg(COALESCE(
            (SELECT known.customer_id FROM inbox AS known
             WHERE known.tenant_id = p_tenant AND known.dedupe_key = item.key),
            -- Whoever names a customer who has become another meanwhile means that other.
            (SELECT became.now_id FROM customer_merges AS became
             WHERE became.tenant_id = p_tenant AND became.gone_id = item.customer),
            item.customer,
            -- Somebody, when every identity is this one customer's, and the phone and the name are no news.
            (SELECT MIN(met.id) FROM (
                SELECT (SELECT c.id FROM customers AS c
                        WHERE c.tenant_id = p_tenant AND c.id = (
                            SELECT i.customer_id FROM identities AS i
                            WHERE i.tenant_id = p_tenant AND i.channel = name.pair ->> 0
                              AND i.external_id = name.pair ->> 1)
                          AND (item.sender::jsonb ->> 'name' IS NULL OR c.name IS NOT NULL)
                          AND (item.sender::jsonb ->> 'phone' IS NULL
                               OR (c.phone_proven = 1 AND c.phone = item.sender::jsonb ->> 'phone'))) AS id
                FROM jsonb_array_elements(item.sender::jsonb -> 'ids') AS name (pair)) AS met
             HAVING COUNT(*) = COUNT(met.id) AND MIN(met.id) = MAX(met.id))
        ) ORDER BY item.n) INTO who
    FROM unnest(p_keys, p_customers, p_senders) WITH ORDINALITY AS item (key, customer, sender, n);
    IF p_whole AND array_position(who, NULL) IS NOT NULL THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH item AS (
        SELECT * FROM unnest(p_ids, p_keys, who, p_spoken, p_causes, p_received)
            WITH ORDINALITY AS item (id, key, customer, spoken, cause, received, n)),
    stored AS (
        INSERT INTO inbox (tenant_id, id, customer_id, dedupe_key, spoken, cause, received_at)
        SELECT p_tenant, item.id, item.customer, item.key, item.spoken, item.cause, item.received
        FROM item WHERE item.customer IS NOT NULL ORDER BY item.n
        ON CONFLICT (tenant_id, dedupe_key) DO NOTHING
        RETURNING inbox.id, inbox.customer_id, inbox.received_at),
    pointed AS (
        INSERT INTO public.due (tenant_id, queue, key, customer_id, due_at)
        SELECT p_tenant, 'inbox', stored.id, stored.customer_id, stored.received_at FROM stored)
    SELECT item.n, item.customer, (stored.id IS NOT NULL)::int::bigint
    FROM item LEFT JOIN stored ON stored.id = item.id ORDER BY item.n;
END $$;

-- What a turn starts from: the shared statement, in the tenant's schema.
CREATE OR REPLACE FUNCTION public.ratiba_lane_2(p_room text, p_tenant text, p_customer text, p_limit bigint)
RETURNS TABLE (
    id text, name text, phone text, phone_proven bigint, language text, opted_out bigint, created_at bigint,
    business_version bigint, tenant_status text, inbox_id text, cause text, received_at bigint,
    thread_id text, customer_id text, revision bigint, state text, state_name text, driver_name text,
    address text, capabilities text, offered text, last_inbound_at bigint, updated_at bigint
) LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE
    newest text;
BEGIN
    PERFORM set_config('search_path', p_room || ', public', true);
    newest := COALESCE(
        (SELECT m.head FROM customer_merges m
         WHERE m.tenant_id = p_tenant AND m.now_id = p_customer AND m.head IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM threads n
            WHERE n.tenant_id = p_tenant AND n.customer_id = p_customer AND n.id > m.head_until)),
        (SELECT MAX(n.id) FROM threads n WHERE n.tenant_id = p_tenant AND n.customer_id = p_customer));
    RETURN QUERY
    SELECT c.id, c.name, c.phone, c.phone_proven, c.language, c.opted_out, c.created_at,
           COALESCE((SELECT MAX(b.version) FROM business_versions b WHERE b.tenant_id = p_tenant), 0),
           (SELECT s.status FROM public.tenants s WHERE s.id = p_tenant),
           i.id, i.cause, i.received_at,
           t.id, t.customer_id, t.revision, t.state, t.state_name, t.driver_name,
           t.address, t.capabilities, t.offered, t.last_inbound_at, t.updated_at
    FROM customers c
    LEFT JOIN threads t ON t.tenant_id = p_tenant AND t.id = newest
    LEFT JOIN inbox i ON i.tenant_id = p_tenant AND i.customer_id = p_customer AND i.done_at IS NULL
    WHERE c.tenant_id = p_tenant AND c.id = p_customer
    ORDER BY i.seq LIMIT p_limit;
END $$;

-- Commits a turn whose writes are holds, timers, and what is learnt of the customer. Gives the ids of the outbox items that are leased.
-- What may not be is an error of our own class, which takes everything back: RT001 stale, RT002 a slot is taken.
CREATE OR REPLACE FUNCTION public.ratiba_commit_2(
    p_room text, p_tenant text, p_now bigint, p_inbox text,
    p_thread text, p_customer text, p_revision bigint, p_state text, p_state_name text, p_driver text, p_address text,
    p_capabilities text, p_offered text, p_last_inbound bigint, p_updated bigint,
    p_record text, p_writes text,
    p_ids text[], p_threads text[], p_lanes text[], p_spoken bigint[], p_whats text[], p_attempts bigint[],
    p_created bigint[], p_leases bigint[], p_useful bigint[]
) RETURNS text[] LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE
    answers bigint;
    step jsonb;
    before bigint;
    due bigint;
    leased text[] := '{}';
    stale text[];
BEGIN
    PERFORM set_config('search_path', p_room || ', public', true);
    UPDATE inbox SET done_at = p_now WHERE tenant_id = p_tenant AND id = p_inbox AND done_at IS NULL
      AND customer_id = p_customer
    RETURNING seq INTO answers;
    IF answers IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RT001', MESSAGE = 'the inbox item is done';
    END IF;
    IF p_revision = 0 THEN
        INSERT INTO threads
            (tenant_id, id, customer_id, revision, state, state_name, driver_name, address, capabilities,
             offered, last_inbound_at, updated_at)
        VALUES (p_tenant, p_thread, p_customer, 1, p_state, p_state_name, p_driver, p_address, p_capabilities,
             p_offered, p_last_inbound, p_updated)
        ON CONFLICT (tenant_id, id) DO NOTHING;
    ELSE
        UPDATE threads
        SET customer_id = p_customer, revision = p_revision + 1, state = p_state, state_name = p_state_name,
            driver_name = p_driver, address = p_address, capabilities = p_capabilities, offered = p_offered,
            last_inbound_at = p_last_inbound, updated_at = p_updated
        WHERE tenant_id = p_tenant AND id = p_thread AND revision = p_revision;
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'RT001', MESSAGE = 'the conversation has moved on';
    END IF;

    FOR step IN SELECT value FROM jsonb_array_elements(p_writes::jsonb) LOOP
        CASE step ->> 'do'
        WHEN 'hold' THEN
            -- What is in the way is looked for by the exclusion constraints' own indexes, apart from the update: as its condition it may be
            -- asked again for every row, and a plain tenant would lead through all that the tenant ever booked.
            stale := ARRAY(
                SELECT id FROM appointments
                WHERE status = 'held' AND hold_expires_at <= p_now AND tenant_id || '' = p_tenant
                  AND staff_id = step ->> 'staff'
                  AND int8range(blocked_from, blocked_until)
                      && int8range((step ->> 'blocked_from')::bigint, (step ->> 'blocked_until')::bigint)
                UNION
                SELECT id FROM appointments
                WHERE status = 'held' AND hold_expires_at <= p_now AND tenant_id || '' = p_tenant
                  AND resource_id = step ->> 'resource'
                  AND int8range(blocked_from, blocked_until)
                      && int8range((step ->> 'blocked_from')::bigint, (step ->> 'blocked_until')::bigint));
            IF stale <> '{}' THEN
                UPDATE appointments SET status = 'expired', hold_expires_at = NULL
                WHERE tenant_id = p_tenant AND id = ANY (ARRAY(
                    SELECT a.id FROM appointments AS a
                    WHERE a.tenant_id = p_tenant AND a.id = ANY (stale)
                      AND a.status = 'held' AND a.hold_expires_at <= p_now
                    ORDER BY a.id FOR UPDATE SKIP LOCKED));
            END IF;
            INSERT INTO appointments
                (tenant_id, staff_id, resource_id, blocked_from, blocked_until, status, id, customer_id, thread_id,
                 service_id, starts_at, ends_at, hold_expires_at, price_minor, paid_minor, currency, created_at)
            VALUES (p_tenant, step ->> 'staff', step ->> 'resource', (step ->> 'blocked_from')::bigint,
                (step ->> 'blocked_until')::bigint, step ->> 'status', step ->> 'id', step ->> 'customer',
                step ->> 'thread', step ->> 'service', (step ->> 'starts_at')::bigint, (step ->> 'ends_at')::bigint,
                (step ->> 'hold_expires_at')::bigint, (step ->> 'price')::bigint, (step ->> 'paid')::bigint,
                step ->> 'currency', (step ->> 'created_at')::bigint)
            ON CONFLICT DO NOTHING;
            IF NOT FOUND THEN
                RAISE EXCEPTION USING ERRCODE = 'RT002', MESSAGE = 'a slot is taken';
            END IF;
        WHEN 'timer' THEN
            INSERT INTO timers (tenant_id, customer_id, key, id, due_at)
            VALUES (p_tenant, step ->> 'customer', step ->> 'key', step ->> 'id', (step ->> 'due_at')::bigint)
            ON CONFLICT (tenant_id, customer_id, key) DO UPDATE SET id = excluded.id, due_at = excluded.due_at;
            INSERT INTO public.due (tenant_id, queue, key, customer_id, due_at)
            VALUES (p_tenant, 'timer', (step ->> 'customer') || (step ->> 'key'), step ->> 'customer',
                (step ->> 'due_at')::bigint)
            ON CONFLICT (tenant_id, queue, key) DO UPDATE SET due_at = excluded.due_at;
        WHEN 'no_timer' THEN
            DELETE FROM timers
            WHERE tenant_id = p_tenant AND customer_id = p_customer AND key = step ->> 'key';
            DELETE FROM public.due
            WHERE tenant_id = p_tenant AND queue = 'timer' AND key = p_customer || (step ->> 'key');
        WHEN 'customer' THEN
            UPDATE customers
            SET name = step ->> 'name', phone = step ->> 'phone', phone_proven = (step ->> 'phone_proven')::bigint,
                language = step ->> 'language', opted_out = (step ->> 'opted_out')::bigint
            WHERE tenant_id = p_tenant AND id = step ->> 'id';
        END CASE;
    END LOOP;

    IF p_record IS NOT NULL THEN
        INSERT INTO turn_records (tenant_id, thread_id, revision, doc)
        VALUES (p_tenant, p_thread, p_revision + 1, p_record);
    END IF;

    -- Whose turn it is in a lane is decided by one at a time.
    PERFORM pg_advisory_xact_lock(lock.hash) FROM (
        SELECT DISTINCT hashtextextended(p_tenant || '/lane:' || lane, 0) AS hash FROM unnest(p_lanes) AS lane
        ORDER BY hash) AS lock;
    FOR n IN 1 .. cardinality(p_ids) LOOP
        SELECT o.due_at INTO before FROM outbox o
        WHERE o.tenant_id = p_tenant AND o.lane = p_lanes[n] AND o.status IN ('pending', 'unknown')
        ORDER BY o.seq LIMIT 1;
        due := CASE WHEN before IS NULL THEN COALESCE(p_leases[n], p_created[n]) ELSE p_created[n] END;
        INSERT INTO outbox
            (tenant_id, id, customer_id, thread_id, lane, spoken, what, attempts, created_at, status,
             after_inbox, useful_until, leased, due_at)
        VALUES (p_tenant, p_ids[n], p_customer, p_threads[n], p_lanes[n], p_spoken[n], p_whats[n], p_attempts[n],
            p_created[n], 'pending', answers, p_useful[n],
            CASE WHEN before IS NULL AND p_leases[n] IS NOT NULL THEN 1 ELSE 0 END, due)
        ON CONFLICT (tenant_id, id) DO NOTHING;
        IF FOUND THEN
            INSERT INTO public.due (tenant_id, queue, key, customer_id, due_at)
            VALUES (p_tenant, 'outbox', p_ids[n], p_customer, GREATEST(due, COALESCE(before, due)))
            ON CONFLICT DO NOTHING;
            IF before IS NULL AND p_leases[n] IS NOT NULL THEN
                leased := leased || p_ids[n];
            END IF;
        END IF;
    END LOOP;
    DELETE FROM public.due WHERE tenant_id = p_tenant AND queue = 'inbox' AND key = p_inbox;
    RETURN leased;
END $$;

-- Records that an outbox item was done, moves the next of its lane forward, and says whether a report came before the answer: then somebody
-- else has to record it.
CREATE OR REPLACE FUNCTION public.ratiba_done_1(p_room text, p_tenant text, p_id text, p_provider text, p_billable bigint)
RETURNS boolean LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE
    own record;
    next record;
BEGIN
    PERFORM set_config('search_path', p_room || ', public', true);
    IF p_provider IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(p_tenant || '/message:' || p_provider, 0));
        PERFORM 1 FROM early_statuses WHERE tenant_id = p_tenant AND provider_id = p_provider;
        IF FOUND THEN
            RETURN false;
        END IF;
    END IF;
    UPDATE outbox
    SET status = CASE WHEN status = 'failed' AND delivery IS NOT NULL THEN status ELSE 'done' END,
        provider_id = COALESCE(p_provider, provider_id), billable = p_billable, leased = 0, attempts = attempts + 1,
        delivery = COALESCE(delivery, CASE WHEN p_provider IS NULL THEN NULL ELSE 0 END)
    WHERE tenant_id = p_tenant AND id = p_id
    RETURNING lane, seq INTO own;
    IF NOT FOUND THEN
        RETURN true;
    END IF;
    DELETE FROM public.due WHERE tenant_id = p_tenant AND queue = 'outbox' AND key = p_id;
    SELECT o.id, o.due_at INTO next FROM outbox o
    WHERE o.tenant_id = p_tenant AND o.lane = own.lane AND o.seq > own.seq AND o.status IN ('pending', 'unknown')
    ORDER BY o.seq LIMIT 1;
    IF FOUND THEN
        UPDATE public.due SET due_at = next.due_at
        WHERE tenant_id = p_tenant AND queue = 'outbox' AND key = next.id;
    END IF;
    RETURN true;
END $$;
