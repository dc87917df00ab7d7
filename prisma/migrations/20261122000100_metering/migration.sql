-- Metering: what Prisma's schema language can't say. Storage options, the ledger's partitions, and the two
-- functions that the data plane calls for many requests at once. Both lock the allowances of the workspaces
-- first and in order of id, so concurrent calls never deadlock; everything else that they write belongs to those
-- workspaces and needs no lock of its own.

-- Rows that every request updates: leave room on the page, so that an update stays on it, and vacuum soon.
ALTER TABLE allowances SET (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000);
ALTER TABLE rate_buckets SET (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000);
ALTER TABLE usage_hours SET (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 2000);
ALTER TABLE holds SET (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);

ALTER TABLE allowances
  ADD CONSTRAINT allowances_never_negative
  CHECK (held_units >= 0 AND held_micro_usd >= 0 AND held_requests >= 0 AND spent_units >= 0 AND spent_micro_usd >= 0);

-- The ledger is append-only: rows leave only with their whole partition.
CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'usage_records is append-only';
END $$;
CREATE TRIGGER usage_records_append_only BEFORE UPDATE OR DELETE ON usage_records
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change();

-- Partitions, a month each, in a schema of their own. A UUIDv7 begins with 48 bits of Unix milliseconds (RFC 9562).
CREATE SCHEMA ledger;
CREATE TABLE ledger.usage_records_default PARTITION OF usage_records DEFAULT;

CREATE FUNCTION ledger.lowest_uuid_at(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
  SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Makes the partitions of this month and the next ones, where they are missing. Attaching (unlike creating in
-- place) does not stop those who write.
CREATE FUNCTION ensure_usage_partitions(months_ahead integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  this_month timestamptz := date_trunc('month', clock_timestamp(), 'UTC');
  first_day timestamptz;
  partition_name text;
  made integer := 0;
BEGIN
  FOR ahead IN 0..months_ahead LOOP
    first_day := date_trunc('month', (this_month AT TIME ZONE 'UTC' + make_interval(months => ahead)) AT TIME ZONE 'UTC', 'UTC');
    partition_name := 'usage_records_' || to_char(first_day AT TIME ZONE 'UTC', 'YYYY_MM');
    CONTINUE WHEN to_regclass('ledger.' || partition_name) IS NOT NULL;
    EXECUTE format('CREATE TABLE ledger.%I (LIKE usage_records INCLUDING ALL)', partition_name);
    EXECUTE format(
      'ALTER TABLE usage_records ATTACH PARTITION ledger.%I FOR VALUES FROM (%L) TO (%L)',
      partition_name,
      ledger.lowest_uuid_at(first_day),
      ledger.lowest_uuid_at((first_day AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC'));
    made := made + 1;
  END LOOP;
  RETURN made;
END $$;
SELECT ensure_usage_partitions(2);

-- Gives back what expired holds kept. The caller holds the locks of these workspaces' allowances.
CREATE FUNCTION release_expired_holds(locked_workspace_ids uuid[]) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  released integer;
  -- In a variable: compared with the function itself, which gives another time for each row, no index could be used.
  now_at timestamptz := clock_timestamp();
BEGIN
  WITH expired AS (
    DELETE FROM holds h
    WHERE h.workspace_id = ANY (locked_workspace_ids) AND h.expires_at <= now_at
    RETURNING h.workspace_id, h.units, h.micro_usd
  ), sums AS (
    SELECT e.workspace_id, sum(e.units) units, sum(e.micro_usd) micro_usd, count(*) requests
    FROM expired e GROUP BY e.workspace_id
  ), freed AS (
    UPDATE allowances a
    SET held_units = a.held_units - s.units,
        held_micro_usd = a.held_micro_usd - s.micro_usd,
        held_requests = a.held_requests - s.requests
    FROM sums s WHERE a.workspace_id = s.workspace_id
    RETURNING s.requests
  )
  SELECT coalesce(sum(f.requests), 0) INTO released FROM freed f;
  RETURN released;
END $$;

-- The reaper: the same for every workspace that has an expired hold.
CREATE FUNCTION reap_expired_holds() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  workspace_ids uuid[];
  now_at timestamptz := clock_timestamp();
BEGIN
  SELECT array_agg(locked.workspace_id) INTO workspace_ids FROM (
    SELECT a.workspace_id FROM allowances a
    WHERE a.workspace_id IN (SELECT h.workspace_id FROM holds h WHERE h.expires_at <= now_at)
    ORDER BY a.workspace_id FOR UPDATE
  ) locked;
  RETURN release_expired_holds(workspace_ids);
END $$;

-- Decides over the requests that wait at a gateway, and holds what each may cost. One row a request, in order.
--
-- verdict: valid; unknown, revoked, expired (the key); suspended (the workspace); scope_missing; rate_limited,
--   concurrency_limited (come back in retry_after_ms); quota_exceeded, budget_exceeded (spent);
--   quota_held (what is left is held by requests in flight: ask again once they have settled, with counted = true).
-- units_min, units_max: bounds of what the request costs. The most is held; if less than that is left and nothing
--   else is in flight, what is left is held, and the settlement decides. With a most of 0 the request is checked and
--   counted, and holds nothing: there is nothing to settle.
CREATE FUNCTION admit(
  request_ids uuid[],
  key_ids text[],
  key_hashes bytea[],
  required_scopes text[],
  units_min bigint[],
  units_max bigint[],
  micro_usd_max bigint[],
  counted boolean[],
  hold_ms integer
) RETURNS TABLE (
  verdict text,
  workspace_id uuid,
  epoch integer,
  requests_limit integer,
  requests_remaining integer,
  requests_reset_ms integer,
  units_limit integer,
  units_remaining integer,
  units_reset_ms integer,
  retry_after_ms integer
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  r record;
  now_at timestamptz;
  month_start timestamptz;
  locked uuid[];
  -- One entry a request.
  n integer := coalesce(array_length(request_ids, 1), 0);
  o_verdict text[] := array_fill(NULL::text, ARRAY[n]);
  o_workspace uuid[] := array_fill(NULL::uuid, ARRAY[n]);
  o_requests_limit integer[] := array_fill(NULL::integer, ARRAY[n]);
  o_requests_remaining integer[] := array_fill(NULL::integer, ARRAY[n]);
  o_units_limit integer[] := array_fill(NULL::integer, ARRAY[n]);
  o_units_remaining integer[] := array_fill(NULL::integer, ARRAY[n]);
  o_retry_after_ms integer[] := array_fill(0, ARRAY[n]);
  -- One entry an admitted request.
  h_request uuid[] := '{}';
  h_workspace uuid[] := '{}';
  h_key text[] := '{}';
  h_units bigint[] := '{}';
  h_micro_usd bigint[] := '{}';
  -- One entry a rate bucket that was looked at.
  b_name text[] := '{}';
  b_requests double precision[] := '{}';
  b_units double precision[] := '{}';
  -- The workspace and the key that the loop is at.
  at_workspace uuid;
  at_bucket text;
  free_units bigint;
  free_micro_usd bigint;
  pending integer;
  places integer;
  w_slot integer;
  k_slot integer;
  short_ms double precision;
  counted_units double precision;
  outcome text;
BEGIN
  -- A hold may be lost in a crash: its answer is then withheld. So admitting need not wait for the disk.
  SET LOCAL synchronous_commit = off;

  SELECT array_agg(l.workspace_id) INTO locked FROM (
    SELECT a.workspace_id FROM allowances a
    WHERE a.workspace_id IN (
      SELECT k.workspace_id FROM unnest(key_ids, key_hashes) AS g (key_id, key_hash)
      JOIN api_keys k ON k.id = g.key_id AND k.secret_hash = g.key_hash)
    ORDER BY a.workspace_id FOR UPDATE
  ) l;
  PERFORM release_expired_holds(locked) WHERE locked IS NOT NULL;
  now_at := clock_timestamp();
  month_start := date_trunc('month', now_at, 'UTC');

  FOR r IN
    SELECT g.i, g.request_id, g.scope, g.units_min, g.units_max, g.micro_usd_max, g.counted,
      k.id AS key_id, k.workspace_id, k.revoked_at, k.expires_at, k.scopes, k.rate_bucket,
      k.requests_per_minute AS key_requests_limit, k.units_per_minute AS key_units_limit,
      w.status,
      a.requests_per_minute AS all_requests_limit, a.units_per_minute AS all_units_limit, a.concurrency_max,
      a.quota_units, a.budget_micro_usd, a.held_units, a.held_micro_usd, a.held_requests,
      CASE WHEN a.period_start < month_start THEN 0 ELSE a.spent_units END AS spent_units,
      CASE WHEN a.period_start < month_start THEN 0 ELSE a.spent_micro_usd END AS spent_micro_usd,
      kb.requests AS key_requests, kb.units AS key_units,
      greatest(0, extract(epoch FROM now_at - kb.refilled_at)) / 60 AS key_minutes,
      wb.requests AS all_requests, wb.units AS all_units,
      greatest(0, extract(epoch FROM now_at - wb.refilled_at)) / 60 AS all_minutes
    FROM unnest(request_ids, key_ids, key_hashes, required_scopes, units_min, units_max, micro_usd_max, counted)
      WITH ORDINALITY AS g (request_id, key_id, key_hash, scope, units_min, units_max, micro_usd_max, counted, i)
    LEFT JOIN api_keys k ON k.id = g.key_id AND k.secret_hash = g.key_hash
    LEFT JOIN workspaces w ON w.id = k.workspace_id
    LEFT JOIN allowances a ON a.workspace_id = k.workspace_id
    LEFT JOIN rate_buckets kb ON kb.bucket = k.rate_bucket
    LEFT JOIN rate_buckets wb ON wb.bucket = 'workspace:' || k.workspace_id
    ORDER BY k.workspace_id, k.rate_bucket, g.i
  LOOP
    o_workspace[r.i] := r.workspace_id;
    outcome := CASE
      WHEN r.key_id IS NULL THEN 'unknown'
      WHEN r.revoked_at IS NOT NULL THEN 'revoked'
      WHEN r.expires_at <= now_at THEN 'expired'
      WHEN r.status <> 'active' OR r.quota_units IS NULL THEN 'suspended'
      WHEN r.scope <> ALL (r.scopes) THEN 'scope_missing'
    END;
    IF outcome IS NOT NULL THEN
      o_verdict[r.i] := outcome;
      CONTINUE;
    END IF;

    IF r.workspace_id IS DISTINCT FROM at_workspace THEN
      at_workspace := r.workspace_id;
      at_bucket := NULL;
      free_units := r.quota_units - r.spent_units - r.held_units;
      free_micro_usd := r.budget_micro_usd - r.spent_micro_usd - r.held_micro_usd;
      pending := r.held_requests;
      places := r.concurrency_max - r.held_requests;
      w_slot := cardinality(b_name) + 1;
      b_name[w_slot] := 'workspace:' || r.workspace_id;
      b_requests[w_slot] := least(r.all_requests_limit, coalesce(r.all_requests + r.all_minutes * r.all_requests_limit, r.all_requests_limit));
      b_units[w_slot] := least(r.all_units_limit, coalesce(r.all_units + r.all_minutes * r.all_units_limit, r.all_units_limit));
    END IF;
    IF r.rate_bucket IS DISTINCT FROM at_bucket THEN
      at_bucket := r.rate_bucket;
      k_slot := cardinality(b_name) + 1;
      b_name[k_slot] := r.rate_bucket;
      b_requests[k_slot] := least(r.key_requests_limit, coalesce(r.key_requests + r.key_minutes * r.key_requests_limit, r.key_requests_limit));
      b_units[k_slot] := least(r.key_units_limit, coalesce(r.key_units + r.key_minutes * r.key_units_limit, r.key_units_limit));
    END IF;

    IF NOT r.counted THEN
      -- A request greater than a whole minute's units passes when the bucket is full.
      counted_units := least(r.units_max, r.key_units_limit, r.all_units_limit);
      short_ms := greatest(
        (1 - b_requests[k_slot]) / r.key_requests_limit, (1 - b_requests[w_slot]) / r.all_requests_limit,
        (counted_units - b_units[k_slot]) / r.key_units_limit, (counted_units - b_units[w_slot]) / r.all_units_limit
      ) * 60000;
      IF short_ms > 0 THEN
        outcome := 'rate_limited';
        o_retry_after_ms[r.i] := ceil(short_ms);
      ELSE
        b_requests[k_slot] := b_requests[k_slot] - 1;
        b_requests[w_slot] := b_requests[w_slot] - 1;
        b_units[k_slot] := b_units[k_slot] - counted_units;
        b_units[w_slot] := b_units[w_slot] - counted_units;
      END IF;
    END IF;

    -- The tighter of the two is what the caller is told.
    IF b_requests[w_slot] < b_requests[k_slot] THEN
      o_requests_limit[r.i] := r.all_requests_limit;
      o_requests_remaining[r.i] := floor(b_requests[w_slot]);
    ELSE
      o_requests_limit[r.i] := r.key_requests_limit;
      o_requests_remaining[r.i] := floor(b_requests[k_slot]);
    END IF;
    IF b_units[w_slot] < b_units[k_slot] THEN
      o_units_limit[r.i] := r.all_units_limit;
      o_units_remaining[r.i] := floor(b_units[w_slot]);
    ELSE
      o_units_limit[r.i] := r.key_units_limit;
      o_units_remaining[r.i] := floor(b_units[k_slot]);
    END IF;

    IF outcome IS NULL THEN
      outcome := CASE
        WHEN r.units_max = 0 THEN 'valid'
        WHEN r.units_min > r.quota_units - r.spent_units THEN 'quota_exceeded'
        WHEN r.spent_micro_usd >= r.budget_micro_usd THEN 'budget_exceeded'
        WHEN places <= 0 THEN 'concurrency_limited'
        WHEN r.units_max <= free_units AND r.micro_usd_max <= coalesce(free_micro_usd, r.micro_usd_max) THEN 'valid'
        WHEN pending > 0 THEN 'quota_held'
        ELSE 'valid'
      END;
    END IF;
    o_verdict[r.i] := outcome;
    IF outcome = 'concurrency_limited' THEN
      o_retry_after_ms[r.i] := 1000;
    END IF;
    CONTINUE WHEN outcome <> 'valid' OR r.units_max = 0;

    h_request := h_request || r.request_id;
    h_workspace := h_workspace || r.workspace_id;
    h_key := h_key || r.key_id;
    h_units := h_units || least(r.units_max, free_units);
    h_micro_usd := h_micro_usd || least(r.micro_usd_max, free_micro_usd);
    free_units := free_units - least(r.units_max, free_units);
    free_micro_usd := free_micro_usd - least(r.micro_usd_max, free_micro_usd);
    pending := pending + 1;
    places := places - 1;
  END LOOP;

  IF h_request <> '{}' THEN
    INSERT INTO holds (request_id, workspace_id, key_id, units, micro_usd, expires_at)
    SELECT h.request_id, h.workspace_id, h.key_id, h.units, h.micro_usd, now_at + make_interval(secs => hold_ms / 1000.0)
    FROM unnest(h_request, h_workspace, h_key, h_units, h_micro_usd) AS h (request_id, workspace_id, key_id, units, micro_usd);

    UPDATE allowances a
    SET held_units = a.held_units + s.units,
        held_micro_usd = a.held_micro_usd + s.micro_usd,
        held_requests = a.held_requests + s.requests,
        spent_units = CASE WHEN a.period_start < month_start THEN 0 ELSE a.spent_units END,
        spent_micro_usd = CASE WHEN a.period_start < month_start THEN 0 ELSE a.spent_micro_usd END,
        period_start = greatest(a.period_start, month_start)
    FROM (
      SELECT h.workspace_id, sum(h.units) units, sum(h.micro_usd) micro_usd, count(*) requests
      FROM unnest(h_workspace, h_units, h_micro_usd) AS h (workspace_id, units, micro_usd) GROUP BY h.workspace_id
    ) s
    WHERE a.workspace_id = s.workspace_id;
  END IF;

  IF b_name <> '{}' THEN
    INSERT INTO rate_buckets (bucket, requests, units, refilled_at)
    SELECT b.name, b.requests, b.units, now_at FROM unnest(b_name, b_requests, b_units) AS b (name, requests, units)
    ON CONFLICT (bucket) DO UPDATE
    SET requests = excluded.requests, units = excluded.units, refilled_at = excluded.refilled_at;
  END IF;

  RETURN QUERY
  SELECT o.verdict, o.workspace_id, 0,
    o.requests_limit, o.requests_remaining,
    ceil((o.requests_limit - o.requests_remaining) * 60000.0 / o.requests_limit)::integer,
    o.units_limit, o.units_remaining,
    ceil((o.units_limit - o.units_remaining) * 60000.0 / o.units_limit)::integer,
    o.retry_after_ms
  FROM unnest(o_verdict, o_workspace, o_requests_limit, o_requests_remaining, o_units_limit, o_units_remaining, o_retry_after_ms)
    WITH ORDINALITY AS o (verdict, workspace_id, requests_limit, requests_remaining, units_limit, units_remaining, retry_after_ms, i)
  ORDER BY o.i;
END $$;

-- Writes what answered requests cost, and releases their holds. One row a request, in order. It must be durable
-- before an answer leaves, so the caller keeps synchronous_commit on.
--
-- outcome: settled (it is in the ledger, also when an earlier call wrote it and its reply was lost);
--   no_hold (the hold expired or was taken over: withhold the answer); over_hold (it cost more than was held, which
--   happens only where the quota's or budget's rest was held: withhold the answer, the quota is spent).
-- The bounds of latency_counts stand in server/domain/usage/latency-histogram.ts too; a test compares them.
CREATE FUNCTION settle(
  request_ids uuid[],
  epochs integer[],
  tasks text[],
  model_versions text[],
  status_classes smallint[],
  inputs bigint[],
  outputs bigint[],
  units text[],
  prices_micro_usd bigint[],
  price_versions integer[],
  latencies_ms integer[]
) RETURNS TABLE (outcome text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  PERFORM 1 FROM allowances a
  WHERE a.workspace_id IN (SELECT h.workspace_id FROM holds h WHERE h.request_id = ANY (request_ids))
  ORDER BY a.workspace_id FOR UPDATE;

  RETURN QUERY
  WITH given AS (
    SELECT * FROM unnest(
      request_ids, epochs, tasks, model_versions, status_classes, inputs, outputs, units, prices_micro_usd, price_versions, latencies_ms
    ) WITH ORDINALITY AS g (
      id, epoch, task, model_version, status_class, input_units, output_units, unit, price_micro_usd, price_version, latency_ms, i)
  ), released AS (
    DELETE FROM holds h
    WHERE h.request_id = ANY (request_ids) AND h.epoch = epochs[array_position(request_ids, h.request_id)]
    RETURNING h.request_id AS id, h.workspace_id, h.key_id, h.units, h.micro_usd
  ), inserted AS (
    INSERT INTO usage_records AS u
      (id, workspace_id, key_id, task, model_version, status_class, input_units, output_units, unit, price_micro_usd, price_version, latency_ms)
    SELECT g.id, r.workspace_id, r.key_id, g.task, g.model_version, g.status_class, g.input_units, g.output_units, g.unit, g.price_micro_usd,
      g.price_version, g.latency_ms
    FROM given g JOIN released r ON r.id = g.id
    WHERE g.input_units + g.output_units <= r.units AND g.price_micro_usd <= r.micro_usd
    ON CONFLICT (id) DO NOTHING
    RETURNING u.id, u.workspace_id, u.key_id, u.task, u.model_version, u.status_class, u.input_units, u.output_units, u.price_micro_usd, u.latency_ms
  ), rolled AS (
    INSERT INTO usage_hours AS h
      (workspace_id, hour, key_id, model_version, task, status_class, requests, input_units, output_units, price_micro_usd, latency_counts, last_used_at)
    SELECT n.workspace_id, date_trunc('hour', uuid_extract_timestamp(n.id), 'UTC'), n.key_id, n.model_version, n.task, n.status_class,
      count(*), sum(n.input_units), sum(n.output_units), sum(n.price_micro_usd),
      ARRAY[
        count(*) FILTER (WHERE n.latency_ms <= 5), count(*) FILTER (WHERE n.latency_ms > 5 AND n.latency_ms <= 10),
        count(*) FILTER (WHERE n.latency_ms > 10 AND n.latency_ms <= 20), count(*) FILTER (WHERE n.latency_ms > 20 AND n.latency_ms <= 50),
        count(*) FILTER (WHERE n.latency_ms > 50 AND n.latency_ms <= 100), count(*) FILTER (WHERE n.latency_ms > 100 AND n.latency_ms <= 200),
        count(*) FILTER (WHERE n.latency_ms > 200 AND n.latency_ms <= 500), count(*) FILTER (WHERE n.latency_ms > 500 AND n.latency_ms <= 1000),
        count(*) FILTER (WHERE n.latency_ms > 1000 AND n.latency_ms <= 2000), count(*) FILTER (WHERE n.latency_ms > 2000 AND n.latency_ms <= 5000),
        count(*) FILTER (WHERE n.latency_ms > 5000 AND n.latency_ms <= 10000), count(*) FILTER (WHERE n.latency_ms > 10000 AND n.latency_ms <= 30000),
        count(*) FILTER (WHERE n.latency_ms > 30000)
      ],
      clock_timestamp()
    FROM inserted n
    GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (workspace_id, hour, key_id, model_version, task, status_class) DO UPDATE
    SET requests = h.requests + excluded.requests,
        input_units = h.input_units + excluded.input_units,
        output_units = h.output_units + excluded.output_units,
        price_micro_usd = h.price_micro_usd + excluded.price_micro_usd,
        latency_counts = (
          SELECT array_agg(c.was + c.plus ORDER BY c.i)
          FROM unnest(h.latency_counts, excluded.latency_counts) WITH ORDINALITY AS c (was, plus, i)),
        last_used_at = excluded.last_used_at
  ), spent AS (
    UPDATE allowances a
    SET held_units = a.held_units - s.held_units,
        held_micro_usd = a.held_micro_usd - s.held_micro_usd,
        held_requests = a.held_requests - s.requests,
        spent_units = a.spent_units + s.units,
        spent_micro_usd = a.spent_micro_usd + s.micro_usd
    FROM (
      SELECT r.workspace_id, sum(r.units) held_units, sum(r.micro_usd) held_micro_usd, count(*) requests,
        coalesce(sum(n.input_units + n.output_units), 0) units, coalesce(sum(n.price_micro_usd), 0) micro_usd
      FROM released r LEFT JOIN inserted n ON n.id = r.id GROUP BY r.workspace_id
    ) s
    WHERE a.workspace_id = s.workspace_id
  ), refunds AS (
    -- The rate buckets were charged the most that a request could cost.
    SELECT r.workspace_id, k.rate_bucket, sum(r.units - coalesce(n.input_units + n.output_units, 0)) units
    FROM released r JOIN api_keys k ON k.id = r.key_id LEFT JOIN inserted n ON n.id = r.id
    GROUP BY 1, 2
  ), refunded AS (
    UPDATE rate_buckets b SET units = b.units + f.units
    FROM (
      SELECT rate_bucket AS bucket, units FROM refunds
      UNION ALL SELECT 'workspace:' || workspace_id, sum(units) FROM refunds GROUP BY 1
    ) f
    WHERE b.bucket = f.bucket AND f.units > 0
  )
  SELECT CASE
    WHEN n.id IS NOT NULL THEN 'settled'
    WHEN r.id IS NOT NULL THEN 'over_hold'
    WHEN EXISTS (SELECT 1 FROM usage_records u WHERE u.id = g.id) THEN 'settled'
    ELSE 'no_hold'
  END
  FROM given g LEFT JOIN released r ON r.id = g.id LEFT JOIN inserted n ON n.id = g.id
  ORDER BY g.i;
END $$;

-- Planning them anew for the lengths of the arrays of every call would cost more than running them. And a plan that was
-- made while holds was empty reads the whole table, dead rows and all, once it is not; a bitmap scan would go through
-- the dead rows again and again, where an index scan marks them as dead in the index.
ALTER FUNCTION release_expired_holds SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION release_expired_holds SET enable_seqscan = off;
ALTER FUNCTION release_expired_holds SET enable_bitmapscan = off;
ALTER FUNCTION admit SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION admit SET enable_seqscan = off;
ALTER FUNCTION admit SET enable_bitmapscan = off;
ALTER FUNCTION admit SET jit = off;
ALTER FUNCTION settle SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION settle SET enable_seqscan = off;
ALTER FUNCTION settle SET enable_bitmapscan = off;
ALTER FUNCTION settle SET jit = off;
