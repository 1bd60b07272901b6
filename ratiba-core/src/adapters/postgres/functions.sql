-- The calls that every message makes, each as one round trip and one transaction: a message is stored, a lane is read, a turn is committed, its
-- answer has gone out; those of one tenant that come together are made together. They do what the shared statements do, for what is usual; for
-- anything else the store takes the shared statements themselves.
-- Each looks up single rows by index, also while the planner takes a young table for empty, and is planned once in a session: hence the settings.
-- Made many times over under numbered names (`slots.rs`), so that a connection calls each for one tenant only and its plans stay good.
-- Replaced at every migration. One that takes or gives something else gets a new number, so that programs of before and after may run together.

-- Stores inbox items of senders who are known and of whom nothing new is learnt. Gives the customer of each item (NULL: not stored, for
-- somebody else to find or make), and the ids of those that are fresh. With `p_whole`, all are stored or none.
CREATE OR REPLACE FUNCTION public.ratiba_accept_2(
    p_room text, p_tenant text, p_whole boolean,
    p_ids text[], p_keys text[], p_customers text[], p_senders text[], p_spoken bigint[], p_causes text[], p_received bigint[],
    OUT customers text[], OUT fresh text[]
) LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET jit = off AS $$
#variable_conflict use_column
BEGIN
    PERFORM set_config('search_path', p_room || ', public', true);
    -- One lookup inside another, never a join: a plan that was made while the tables were empty would read them through for each item.
    SELECT array_agg(CASE WHEN item.customer IS NOT NULL THEN COALESCE(
            -- Whoever names a customer who has become another meanwhile means that other.
            (SELECT became.now_id FROM customer_merges AS became
             WHERE became.tenant_id = p_tenant AND became.gone_id = item.customer),
            item.customer)
        ELSE
            -- Somebody, when every identity is this one customer's, and the phone and the name are no news.
            (SELECT MIN(met.id) FROM (
                SELECT (SELECT c.id FROM customers AS c
                        WHERE c.tenant_id = p_tenant AND c.id = (
                            SELECT i.customer_id FROM identities AS i
                            WHERE i.tenant_id = p_tenant AND i.channel = name.pair ->> 0
                              AND i.external_id = name.pair ->> 1)
                          AND (item.sender ->> 'name' IS NULL OR c.name IS NOT NULL)
                          AND (item.sender ->> 'phone' IS NULL
                               OR (c.phone_proven = 1 AND c.phone = item.sender ->> 'phone'))) AS id
                FROM jsonb_array_elements(item.sender -> 'ids') AS name (pair)) AS met
             HAVING COUNT(*) = COUNT(met.id) AND MIN(met.id) = MAX(met.id))
        END ORDER BY item.n) INTO customers
    FROM (SELECT given.customer, given.sender::jsonb AS sender, given.n
          FROM unnest(p_customers, p_senders) WITH ORDINALITY AS given (customer, sender, n) OFFSET 0) AS item;
    IF p_whole AND array_position(customers, NULL) IS NOT NULL THEN
        RETURN;
    END IF;
    WITH stored AS (
        INSERT INTO inbox (tenant_id, id, customer_id, dedupe_key, spoken, cause, received_at)
        SELECT p_tenant, item.id, item.customer, item.key, item.spoken, item.cause, item.received
        FROM unnest(p_ids, p_keys, customers, p_spoken, p_causes, p_received) WITH ORDINALITY
            AS item (id, key, customer, spoken, cause, received, n)
        WHERE item.customer IS NOT NULL ORDER BY item.n
        ON CONFLICT (tenant_id, dedupe_key) DO NOTHING
        RETURNING id, customer_id, received_at),
    pointed AS (
        INSERT INTO public.due (tenant_id, queue, key, customer_id, due_at)
        SELECT p_tenant, 'inbox', stored.id, stored.customer_id, stored.received_at FROM stored)
    SELECT COALESCE(array_agg(stored.id), '{}') INTO fresh FROM stored;
    IF cardinality(fresh) < cardinality(array_remove(customers, NULL)) THEN
        -- What was there already is whose it was then.
        SELECT array_agg(CASE WHEN item.customer IS NOT NULL THEN COALESCE(
                (SELECT known.customer_id FROM inbox AS known
                 WHERE known.tenant_id = p_tenant AND known.dedupe_key = item.key), item.customer) END
            ORDER BY item.n) INTO customers
        FROM unnest(p_keys, customers) WITH ORDINALITY AS item (key, customer, n);
    END IF;
END $$;

-- What turns start from: the shared statement for each lane, in the tenant's schema. `place` says which of the customers a row is for. Each table
-- is looked into from inside (`OFFSET 0` keeps it there): a join could be turned about, and read a table through for a handful of customers.
CREATE OR REPLACE FUNCTION public.ratiba_lanes_1(p_room text, p_tenant text, p_customers text[], p_limits bigint[])
RETURNS TABLE (
    place bigint, id text, name text, phone text, phone_proven bigint, language text, opted_out bigint, created_at bigint,
    business_version bigint, tenant_status text, inbox_id text, cause text, received_at bigint,
    thread_id text, customer_id text, revision bigint, state text, state_name text, driver_name text,
    address text, capabilities text, offered text, last_inbound_at bigint, updated_at bigint
) LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE
    version bigint;
    status text;
BEGIN
    PERFORM set_config('search_path', p_room || ', public', true);
    version := COALESCE((SELECT MAX(b.version) FROM business_versions b WHERE b.tenant_id = p_tenant), 0);
    status := (SELECT s.status FROM public.tenants s WHERE s.id = p_tenant);
    RETURN QUERY
    SELECT lane.n, c.id, c.name, c.phone, c.phone_proven, c.language, c.opted_out, c.created_at, version, status,
           i.id, i.cause, i.received_at,
           t.id, t.customer_id, t.revision, t.state, t.state_name, t.driver_name,
           t.address, t.capabilities, t.offered, t.last_inbound_at, t.updated_at
    FROM unnest(p_customers, p_limits) WITH ORDINALITY AS lane (customer, most, n)
    CROSS JOIN LATERAL (
        SELECT known.*, COALESCE(
            (SELECT m.head FROM customer_merges m
             WHERE m.tenant_id = p_tenant AND m.now_id = lane.customer AND m.head IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM threads n
                WHERE n.tenant_id = p_tenant AND n.customer_id = lane.customer AND n.id > m.head_until)),
            (SELECT MAX(n.id) FROM threads n WHERE n.tenant_id = p_tenant AND n.customer_id = lane.customer)) AS newest
        FROM customers known WHERE known.tenant_id = p_tenant AND known.id = lane.customer OFFSET 0) AS c
    LEFT JOIN LATERAL (
        SELECT * FROM threads own WHERE own.tenant_id = p_tenant AND own.id = c.newest OFFSET 0) AS t ON true
    LEFT JOIN LATERAL (
        SELECT * FROM inbox item
        WHERE item.tenant_id = p_tenant AND item.customer_id = lane.customer AND item.done_at IS NULL
        ORDER BY item.seq LIMIT lane.most) AS i ON true
    ORDER BY lane.n, i.seq;
END $$;

-- Commits turns of different customers whose writes are holds, timers, and what is learnt of the customer: all or none. Gives the ids of the
-- outbox items that are leased. What may not be is an error of our own class, which takes everything back: RT001 stale, RT002 a slot is taken.
-- Updates are made one by one, because a join could be turned about; everything else once for all. Who waits for others longer than
-- `p_patience` (milliseconds; 0: any time) gives up: one turn that has to wait should not keep the rest.
CREATE OR REPLACE FUNCTION public.ratiba_commit_3(
    p_room text, p_tenant text, p_patience bigint,
    p_now bigint[], p_inbox text[], p_thread text[], p_customer text[], p_revision bigint[], p_state text[],
    p_state_name text[], p_driver text[], p_address text[], p_capabilities text[], p_offered text[], p_last_inbound bigint[],
    p_updated bigint[], p_record text[],
    p_holds text, p_timers text, p_no_timers text, p_learnt text,
    p_turns bigint[], p_ids text[], p_threads text[], p_lanes text[], p_spoken bigint[], p_whats text[], p_attempts bigint[],
    p_created bigint[], p_leases bigint[], p_useful bigint[], p_ahead bigint[]
) RETURNS text[] LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE
    holds jsonb := p_holds;
    timers jsonb := p_timers;
    step jsonb;
    answers bigint[] := '{}';
    answer bigint;
    latest bigint;
    stale text[];
    stored bigint;
    leased text[] := '{}';
BEGIN
    PERFORM set_config('search_path', p_room || ', public', true);
    IF p_patience > 0 THEN
        PERFORM set_config('lock_timeout', p_patience::text, true);
    END IF;
    FOR n IN 1 .. cardinality(p_inbox) LOOP
        UPDATE inbox SET done_at = p_now[n]
        WHERE tenant_id = p_tenant AND id = p_inbox[n] AND done_at IS NULL AND customer_id = p_customer[n]
        RETURNING seq INTO answer;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'RT001', MESSAGE = 'the inbox item is done';
        END IF;
        answers := answers || answer;
        -- Not all with `= ANY`: of a table that was empty when it was looked at, the planner would rather read all that wait.
        DELETE FROM public.due WHERE tenant_id = p_tenant AND queue = 'inbox' AND key = p_inbox[n];
        IF p_revision[n] = 0 THEN
            INSERT INTO threads
                (tenant_id, id, customer_id, revision, state, state_name, driver_name, address, capabilities,
                 offered, last_inbound_at, updated_at)
            VALUES (p_tenant, p_thread[n], p_customer[n], 1, p_state[n], p_state_name[n], p_driver[n], p_address[n],
                 p_capabilities[n], p_offered[n], p_last_inbound[n], p_updated[n])
            ON CONFLICT (tenant_id, id) DO NOTHING;
        ELSE
            UPDATE threads
            SET customer_id = p_customer[n], revision = p_revision[n] + 1, state = p_state[n], state_name = p_state_name[n],
                driver_name = p_driver[n], address = p_address[n], capabilities = p_capabilities[n], offered = p_offered[n],
                last_inbound_at = p_last_inbound[n], updated_at = p_updated[n]
            WHERE tenant_id = p_tenant AND id = p_thread[n] AND revision = p_revision[n];
        END IF;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'RT001', MESSAGE = 'the conversation has moved on';
        END IF;
    END LOOP;

    IF holds IS NOT NULL THEN
        latest := (SELECT MAX(now) FROM unnest(p_now) AS now);
        -- What is in the way is looked for by the exclusion constraints' own indexes, apart from the update: as its condition it may be
        -- asked again for every row, and a plain tenant would lead through all that the tenant ever booked.
        stale := ARRAY(SELECT unnest(ARRAY(
                SELECT a.id FROM appointments a
                WHERE a.status = 'held' AND a.hold_expires_at <= hold.now AND a.tenant_id || '' = p_tenant
                  AND a.staff_id = hold.staff
                  AND int8range(a.blocked_from, a.blocked_until) && int8range(hold.blocked_from, hold.blocked_until)))
            FROM jsonb_to_recordset(holds) AS hold (now bigint, staff text, blocked_from bigint, blocked_until bigint));
        IF holds @? '$[*].resource ? (@ != null)' THEN
            stale := stale || ARRAY(SELECT unnest(ARRAY(
                    SELECT a.id FROM appointments a
                    WHERE a.status = 'held' AND a.hold_expires_at <= hold.now AND a.tenant_id || '' = p_tenant
                      AND a.resource_id = hold.resource
                      AND int8range(a.blocked_from, a.blocked_until) && int8range(hold.blocked_from, hold.blocked_until)))
                FROM jsonb_to_recordset(holds) AS hold (now bigint, resource text, blocked_from bigint, blocked_until bigint));
        END IF;
        IF stale <> '{}' THEN
            UPDATE appointments SET status = 'expired', hold_expires_at = NULL
            WHERE tenant_id = p_tenant AND id = ANY (ARRAY(
                SELECT a.id FROM appointments AS a
                WHERE a.tenant_id = p_tenant AND a.id = ANY (stale)
                  AND a.status = 'held' AND a.hold_expires_at <= latest
                ORDER BY a.id FOR UPDATE SKIP LOCKED));
        END IF;
        INSERT INTO appointments
            (tenant_id, staff_id, resource_id, blocked_from, blocked_until, status, id, customer_id, thread_id,
             service_id, starts_at, ends_at, hold_expires_at, price_minor, paid_minor, currency, created_at)
        SELECT p_tenant, staff, resource, blocked_from, blocked_until, status, id, customer, thread,
             service, starts_at, ends_at, hold_expires_at, price, paid, currency, created_at
        FROM jsonb_to_recordset(holds) AS hold (
            staff text, resource text, blocked_from bigint, blocked_until bigint, status text, id text, customer text, thread text,
            service text, starts_at bigint, ends_at bigint, hold_expires_at bigint, price bigint, paid bigint, currency text,
            created_at bigint)
        ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS stored = ROW_COUNT;
        IF stored < jsonb_array_length(holds) THEN
            RAISE EXCEPTION USING ERRCODE = 'RT002', MESSAGE = 'a slot is taken';
        END IF;
    END IF;
    IF timers IS NOT NULL THEN
        WITH armed AS (
            SELECT * FROM jsonb_to_recordset(timers) AS timer (customer text, key text, id text, due_at bigint)),
        kept AS (
            INSERT INTO timers (tenant_id, customer_id, key, id, due_at)
            SELECT p_tenant, customer, key, id, due_at FROM armed
            ON CONFLICT (tenant_id, customer_id, key) DO UPDATE SET id = excluded.id, due_at = excluded.due_at)
        INSERT INTO public.due (tenant_id, queue, key, customer_id, due_at)
        SELECT p_tenant, 'timer', customer || key, customer, due_at FROM armed
        ON CONFLICT (tenant_id, queue, key) DO UPDATE SET due_at = excluded.due_at;
    END IF;
    IF p_no_timers IS NOT NULL THEN
        FOR step IN SELECT value FROM jsonb_array_elements(p_no_timers::jsonb) LOOP
            DELETE FROM timers
            WHERE tenant_id = p_tenant AND customer_id = step ->> 'customer' AND key = step ->> 'key';
            DELETE FROM public.due
            WHERE tenant_id = p_tenant AND queue = 'timer' AND key = (step ->> 'customer') || (step ->> 'key');
        END LOOP;
    END IF;
    IF p_learnt IS NOT NULL THEN
        FOR step IN SELECT value FROM jsonb_array_elements(p_learnt::jsonb) LOOP
            UPDATE customers
            SET name = step ->> 'name', phone = step ->> 'phone', phone_proven = (step ->> 'phone_proven')::bigint,
                language = step ->> 'language', opted_out = (step ->> 'opted_out')::bigint
            WHERE tenant_id = p_tenant AND id = step ->> 'id';
        END LOOP;
    END IF;
    IF p_record IS NOT NULL THEN
        INSERT INTO turn_records (tenant_id, thread_id, revision, doc)
        SELECT p_tenant, turn.thread, turn.revision + 1, turn.record
        FROM unnest(p_thread, p_revision, p_record) AS turn (thread, revision, record) WHERE turn.record IS NOT NULL;
    END IF;

    IF p_ids <> '{}' THEN
        -- Whose turn it is in a lane is decided by one at a time.
        PERFORM pg_advisory_xact_lock(lock.hash) FROM (
            SELECT DISTINCT hashtextextended(p_tenant || '/lane:' || lane, 0) AS hash FROM unnest(p_lanes) AS lane
            ORDER BY hash) AS lock;
        -- Nothing goes out before what is ahead in its lane: `before` was there already, `ahead` is of the same turn.
        WITH item AS (
            SELECT item.*, place.before, place.before IS NULL AND item.lease IS NOT NULL AS leased,
                   CASE WHEN place.before IS NULL THEN COALESCE(item.lease, item.created) ELSE item.created END AS due_at
            FROM unnest(p_turns, p_ids, p_threads, p_lanes, p_spoken, p_whats, p_attempts, p_created, p_leases, p_useful, p_ahead)
                WITH ORDINALITY AS item (turn, id, thread, lane, spoken, what, attempts, created, lease, useful, ahead, n)
            CROSS JOIN LATERAL (
                SELECT COALESCE(
                    (SELECT o.due_at FROM outbox o
                     WHERE o.tenant_id = p_tenant AND o.lane = item.lane AND o.status IN ('pending', 'unknown')
                     ORDER BY o.seq LIMIT 1), item.ahead) AS before OFFSET 0) AS place),
        kept AS (
            INSERT INTO outbox
                (tenant_id, id, customer_id, thread_id, lane, spoken, what, attempts, created_at, status,
                 after_inbox, useful_until, leased, due_at)
            SELECT p_tenant, id, p_customer[turn], thread, lane, spoken, what, attempts, created, 'pending',
                answers[turn], useful, leased::int, due_at
            FROM item ORDER BY n
            ON CONFLICT (tenant_id, id) DO NOTHING
            RETURNING id),
        pointed AS (
            INSERT INTO public.due (tenant_id, queue, key, customer_id, due_at)
            SELECT p_tenant, 'outbox', id, p_customer[turn], GREATEST(due_at, before) FROM item
            ON CONFLICT DO NOTHING)
        SELECT COALESCE(array_agg(id) FILTER (WHERE leased), '{}'), (SELECT COUNT(*) FROM kept) INTO leased, stored FROM item;
        IF stored < cardinality(p_ids) THEN
            RAISE EXCEPTION USING ERRCODE = 'RT003', MESSAGE = 'an outbox item is there already';
        END IF;
    END IF;
    RETURN leased;
END $$;

-- Records that outbox items were done, moves the next of each lane forward, and says of which a report came before the answer: those somebody
-- else has to record. `p_patience` as above.
CREATE OR REPLACE FUNCTION public.ratiba_done_2(
    p_room text, p_tenant text, p_patience bigint, p_ids text[], p_providers text[], p_billables bigint[]
) RETURNS boolean[] LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan SET jit = off AS $$
#variable_conflict use_column
DECLARE
    own record;
    next record;
    done boolean[] := '{}';
BEGIN
    PERFORM set_config('search_path', p_room || ', public', true);
    IF p_patience > 0 THEN
        PERFORM set_config('lock_timeout', p_patience::text, true);
    END IF;
    PERFORM pg_advisory_xact_lock(lock.hash) FROM (
        SELECT DISTINCT hashtextextended(p_tenant || '/message:' || provider, 0) AS hash FROM unnest(p_providers) AS provider
        WHERE provider IS NOT NULL ORDER BY hash) AS lock;
    FOR n IN 1 .. cardinality(p_ids) LOOP
        IF p_providers[n] IS NOT NULL THEN
            PERFORM 1 FROM early_statuses WHERE tenant_id = p_tenant AND provider_id = p_providers[n];
            IF FOUND THEN
                done := done || false;
                CONTINUE;
            END IF;
        END IF;
        done := done || true;
        UPDATE outbox
        SET status = CASE WHEN status = 'failed' AND delivery IS NOT NULL THEN status ELSE 'done' END,
            provider_id = COALESCE(p_providers[n], provider_id), billable = p_billables[n], leased = 0, attempts = attempts + 1,
            delivery = COALESCE(delivery, CASE WHEN p_providers[n] IS NULL THEN NULL ELSE 0 END)
        WHERE tenant_id = p_tenant AND id = p_ids[n]
        RETURNING lane, seq INTO own;
        CONTINUE WHEN NOT FOUND;
        DELETE FROM public.due WHERE tenant_id = p_tenant AND queue = 'outbox' AND key = p_ids[n];
        SELECT o.id, o.due_at INTO next FROM outbox o
        WHERE o.tenant_id = p_tenant AND o.lane = own.lane AND o.seq > own.seq AND o.status IN ('pending', 'unknown')
        ORDER BY o.seq LIMIT 1;
        IF FOUND THEN
            UPDATE public.due SET due_at = next.due_at
            WHERE tenant_id = p_tenant AND queue = 'outbox' AND key = next.id;
        END IF;
    END LOOP;
    RETURN done;
END $$;
