-- What a rate window has left was wrong in three ways. A call that was refused had used its units up. A hold gave back to the
-- window what it held, also where the window had been charged less, since no call is charged more than a whole minute has:
-- so calls of great bounds cost it nothing. And lines of batches, which it is not charged for at all, filled it up.

-- What the rate windows were charged for it. Null: what it holds.
ALTER TABLE "holds" ADD COLUMN "counted_units" BIGINT;

-- As before, and gives back to the windows what they were charged.
CREATE OR REPLACE FUNCTION write_settlements(
  hold_ids uuid[],
  shares_units bigint[],
  shares_micro_usd bigint[],
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
  latencies_ms integer[],
  repeated boolean
) RETURNS TABLE (outcome text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  known uuid[] := '{}';
  keys_count boolean := EXISTS (
    SELECT 1 FROM holds h JOIN key_allowances a ON a.key_id = h.key_id WHERE h.request_id = ANY (hold_ids));
BEGIN
  IF repeated THEN
    SELECT coalesce(array_agg(u.id), '{}') INTO known FROM usage_records u WHERE u.id = ANY (request_ids);
  END IF;
  IF keys_count THEN
    UPDATE key_allowances a SET held_micro_usd = a.held_micro_usd - s.micro_usd, held_requests = a.held_requests - s.requests
    FROM (
      SELECT h.key_id, sum(h.micro_usd) micro_usd, sum(h.requests) requests
      FROM holds h WHERE h.request_id = ANY (hold_ids) GROUP BY h.key_id
    ) s
    WHERE a.key_id = s.key_id;
  END IF;
  RETURN QUERY
  WITH given AS (
    SELECT * FROM unnest(
      hold_ids, shares_units, shares_micro_usd, request_ids, epochs, tasks, model_versions, status_classes, inputs, outputs, units,
      prices_micro_usd, price_versions, latencies_ms
    ) WITH ORDINALITY AS g (
      hold_id, share_units, share_micro_usd, id, epoch, task, model_version, status_class, input_units, output_units, unit,
      price_micro_usd, price_version, latency_ms, i)
  ), held AS (
    SELECT h.request_id AS hold_id, h.epoch, h.workspace_id, h.key_id, h.requests, h.units, h.micro_usd, h.counted_units
    FROM holds h WHERE h.request_id = ANY (hold_ids)
  ), matched AS MATERIALIZED (
    SELECT g.*, h.workspace_id, h.key_id, g.share_units IS NULL AS own,
      coalesce(g.share_units, h.units) AS held_units, coalesce(g.share_micro_usd, h.micro_usd) AS held_micro_usd,
      g.input_units + g.output_units <= coalesce(g.share_units, h.units) AND g.price_micro_usd <= coalesce(g.share_micro_usd, h.micro_usd)
        AND g.id <> ALL (known) AS is_written
    FROM given g JOIN held h ON h.hold_id = g.hold_id AND h.epoch = g.epoch
  ), inserted AS (
    INSERT INTO usage_records
      (id, workspace_id, key_id, task, model_version, status_class, input_units, output_units, unit, price_micro_usd, price_version, latency_ms)
    SELECT m.id, m.workspace_id, m.key_id, m.task, m.model_version, m.status_class, m.input_units, m.output_units, m.unit, m.price_micro_usd,
      m.price_version, m.latency_ms
    FROM matched m WHERE m.is_written
  ), released AS (
    SELECT m.hold_id, count(*) requests, sum(m.held_units) units, sum(m.held_micro_usd) micro_usd,
      coalesce(sum(m.input_units + m.output_units) FILTER (WHERE m.is_written), 0) used_units,
      coalesce(sum(m.price_micro_usd) FILTER (WHERE m.is_written), 0) used_micro_usd
    FROM matched m WHERE m.is_written OR m.own
    GROUP BY m.hold_id
  ), shares AS MATERIALIZED (
    -- With its last request all that is left of a hold goes.
    SELECT r.hold_id, h.workspace_id, h.key_id, h.counted_units, r.requests, r.used_units, r.used_micro_usd, r.requests >= h.requests AS is_last,
      CASE WHEN r.requests >= h.requests THEN h.units ELSE r.units END AS units,
      CASE WHEN r.requests >= h.requests THEN h.micro_usd ELSE r.micro_usd END AS micro_usd
    FROM released r JOIN held h ON h.hold_id = r.hold_id
  ), gone AS (
    DELETE FROM holds h USING shares s WHERE h.request_id = s.hold_id AND s.is_last
  ), reduced AS (
    UPDATE holds h SET requests = h.requests - s.requests, units = h.units - s.units, micro_usd = h.micro_usd - s.micro_usd
    FROM shares s WHERE h.request_id = s.hold_id AND NOT s.is_last
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
    FROM matched n WHERE n.is_written
    GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (workspace_id, hour, key_id, model_version, task, status_class) DO UPDATE
    SET requests = h.requests + excluded.requests,
        input_units = h.input_units + excluded.input_units,
        output_units = h.output_units + excluded.output_units,
        price_micro_usd = h.price_micro_usd + excluded.price_micro_usd,
        -- One by one: taking the arrays apart costs as much as the rest of the statement.
        latency_counts = ARRAY[
          h.latency_counts[1] + excluded.latency_counts[1], h.latency_counts[2] + excluded.latency_counts[2], h.latency_counts[3] + excluded.latency_counts[3],
          h.latency_counts[4] + excluded.latency_counts[4], h.latency_counts[5] + excluded.latency_counts[5], h.latency_counts[6] + excluded.latency_counts[6],
          h.latency_counts[7] + excluded.latency_counts[7], h.latency_counts[8] + excluded.latency_counts[8], h.latency_counts[9] + excluded.latency_counts[9],
          h.latency_counts[10] + excluded.latency_counts[10], h.latency_counts[11] + excluded.latency_counts[11], h.latency_counts[12] + excluded.latency_counts[12],
          h.latency_counts[13] + excluded.latency_counts[13]
        ],
        last_used_at = excluded.last_used_at
  ), spent AS (
    UPDATE allowances a
    SET held_units = a.held_units - s.units,
        held_micro_usd = a.held_micro_usd - s.micro_usd,
        held_requests = a.held_requests - s.requests,
        spent_units = a.spent_units + s.used_units,
        spent_micro_usd = a.spent_micro_usd + s.used_micro_usd
    FROM (
      SELECT workspace_id, sum(units) units, sum(micro_usd) micro_usd, sum(requests) requests,
        sum(used_units) used_units, sum(used_micro_usd) used_micro_usd
      FROM shares GROUP BY workspace_id
    ) s
    WHERE a.workspace_id = s.workspace_id
  ), refunds AS (
    -- The rate buckets were charged the most that a request could cost, but no more than they have, and nothing for lines.
    SELECT s.workspace_id, k.rate_bucket, sum(greatest(0, coalesce(s.counted_units, s.units) - s.used_units)) units
    FROM shares s JOIN api_keys k ON k.id = s.key_id
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
    WHEN m.is_written OR g.id = ANY (known) THEN 'settled'
    WHEN m.id IS NOT NULL THEN 'over_hold'
    ELSE 'no_hold'
  END
  FROM given g LEFT JOIN matched m ON m.id = g.id
  ORDER BY g.i;
  IF keys_count THEN
    UPDATE key_allowances a
    SET held_micro_usd = a.held_micro_usd + s.micro_usd,
        held_requests = a.held_requests + s.requests,
        spent_micro_usd = a.spent_micro_usd + s.used_micro_usd
    FROM (
      SELECT key_id, sum(micro_usd) micro_usd, sum(requests) requests, sum(used_micro_usd) used_micro_usd
      FROM (
        SELECT h.key_id, h.micro_usd, h.requests, 0 AS used_micro_usd FROM holds h WHERE h.request_id = ANY (hold_ids)
        UNION ALL
        SELECT u.key_id, 0, 0, u.price_micro_usd FROM usage_records u WHERE u.id = ANY (request_ids) AND u.id <> ALL (known)
      ) parts GROUP BY key_id
    ) s
    WHERE a.key_id = s.key_id;
  END IF;
END $$;

-- As before, but units are counted for what is let through alone.
-- counted: true where the request was counted before, and asks again. Null: no window counts it.
CREATE OR REPLACE FUNCTION decide_admissions(
  locked_workspace_ids uuid[],
  hold_ids uuid[],
  requests integer[],
  key_ids text[],
  key_hashes bytea[],
  required_scopes text[],
  models text[],
  addresses text[],
  origins text[],
  greatest_units bigint[],
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
  -- One entry a question.
  n integer := coalesce(array_length(hold_ids, 1), 0);
  o_verdict text[] := array_fill(NULL::text, ARRAY[n]);
  o_workspace uuid[] := array_fill(NULL::uuid, ARRAY[n]);
  o_requests_limit integer[] := array_fill(NULL::integer, ARRAY[n]);
  o_requests_remaining integer[] := array_fill(NULL::integer, ARRAY[n]);
  o_units_limit integer[] := array_fill(NULL::integer, ARRAY[n]);
  o_units_remaining integer[] := array_fill(NULL::integer, ARRAY[n]);
  o_retry_after_ms integer[] := array_fill(0, ARRAY[n]);
  -- One entry a hold.
  h_hold uuid[] := '{}';
  h_requests integer[] := '{}';
  h_workspace uuid[] := '{}';
  h_key text[] := '{}';
  h_units bigint[] := '{}';
  h_micro_usd bigint[] := '{}';
  h_counted bigint[] := '{}';
  -- Whether any of those keys has an allowance of its own.
  keys_count boolean := false;
  -- One entry a rate bucket that was looked at.
  b_name text[] := '{}';
  b_requests double precision[] := '{}';
  b_units double precision[] := '{}';
  -- The workspace and the key that the loop is at.
  at_workspace uuid;
  at_bucket text;
  at_key text;
  free_units bigint;
  free_micro_usd bigint;
  pending integer;
  places integer;
  key_free_micro_usd bigint;
  key_pending integer;
  key_places integer;
  fits boolean;
  key_fits boolean;
  w_slot integer;
  k_slot integer;
  short_ms double precision;
  counted_requests integer;
  counted_units bigint;
  outcome text;
  -- Near the end of a quota or a budget each request is decided by itself, so that all of it can be spent.
  spare constant bigint := 1000;
BEGIN
  PERFORM release_expired_holds(locked_workspace_ids) WHERE locked_workspace_ids IS NOT NULL;
  now_at := clock_timestamp();
  month_start := date_trunc('month', now_at, 'UTC');

  FOR r IN
    SELECT g.i, g.hold_id, g.requests, g.scope, g.model, g.addresses, g.origin, g.greatest_units, g.units_min, g.units_max, g.micro_usd_max, g.counted,
      k.id AS key_id, k.workspace_id, k.revoked_at,
      CASE WHEN k.secret_hash = g.key_hash THEN k.expires_at ELSE least(k.expires_at, k.previous_expires_at) END AS expires_at,
      k.scopes, k.models, k.allowed_addresses, k.allowed_origins, k.rate_bucket,
      k.requests_per_minute AS key_requests_limit, k.units_per_minute AS key_units_limit,
      w.status,
      a.requests_per_minute AS all_requests_limit, a.units_per_minute AS all_units_limit, a.concurrency_max,
      a.quota_units, CASE WHEN a.budget_is_hard THEN a.budget_micro_usd END AS budget_micro_usd, a.held_units, a.held_micro_usd, a.held_requests,
      CASE WHEN a.period_start < month_start THEN 0 ELSE a.spent_units END AS spent_units,
      CASE WHEN a.period_start < month_start THEN 0 ELSE a.spent_micro_usd END AS spent_micro_usd,
      ka.key_id IS NOT NULL AS key_counts, ka.concurrency_max AS key_concurrency_max,
      ka.held_micro_usd AS key_held_micro_usd, ka.held_requests AS key_held_requests,
      CASE WHEN ka.budget_is_hard THEN ka.budget_micro_usd END AS key_budget_micro_usd,
      CASE WHEN ka.period_start < month_start THEN 0 ELSE ka.spent_micro_usd END AS key_spent_micro_usd,
      kb.requests AS key_requests, kb.units AS key_units,
      greatest(0, extract(epoch FROM now_at - kb.refilled_at)) / 60 AS key_minutes,
      wb.requests AS all_requests, wb.units AS all_units,
      greatest(0, extract(epoch FROM now_at - wb.refilled_at)) / 60 AS all_minutes
    FROM unnest(hold_ids, requests, key_ids, key_hashes, required_scopes, models, addresses, origins, greatest_units, units_min, units_max, micro_usd_max, counted)
      WITH ORDINALITY AS g (hold_id, requests, key_id, key_hash, scope, model, addresses, origin, greatest_units, units_min, units_max, micro_usd_max, counted, i)
    LEFT JOIN api_keys k ON k.id = g.key_id AND g.key_hash IN (k.secret_hash, k.previous_secret_hash)
    LEFT JOIN workspaces w ON w.id = k.workspace_id
    LEFT JOIN allowances a ON a.workspace_id = k.workspace_id
    LEFT JOIN key_allowances ka ON ka.key_id = k.id
    LEFT JOIN rate_buckets kb ON kb.bucket = k.rate_bucket
    LEFT JOIN rate_buckets wb ON wb.bucket = 'workspace:' || k.workspace_id
    ORDER BY k.workspace_id, k.rate_bucket, k.id, g.i
  LOOP
    o_workspace[r.i] := r.workspace_id;
    outcome := CASE
      WHEN r.key_id IS NULL THEN 'unknown'
      WHEN r.revoked_at IS NOT NULL THEN 'revoked'
      WHEN r.expires_at <= now_at THEN 'expired'
      WHEN r.status <> 'active' OR r.quota_units IS NULL THEN 'suspended'
      WHEN r.scope <> ALL (r.scopes) THEN 'scope_missing'
      WHEN r.origin <> '' AND r.origin <> ALL (r.allowed_origins) THEN 'origin_not_allowed'
      WHEN r.models <> '{}' AND r.model IS DISTINCT FROM '' AND coalesce(r.model <> ALL (r.models), true) THEN 'model_not_allowed'
    END;
    -- Apart, because a subquery would make the expression above cost every key what only these need.
    IF outcome IS NULL AND r.allowed_addresses <> '{}' AND NOT coalesce((
      SELECT bool_and(coalesce(f.address <<= ANY (r.allowed_addresses), false))
      FROM unnest(string_to_array(r.addresses, ',', 'unknown')::inet[]) AS f (address)), false)
    THEN
      outcome := CASE WHEN r.requests > 1 THEN 'one_by_one' ELSE 'address_not_allowed' END;
    END IF;
    IF outcome IS NOT NULL THEN
      o_verdict[r.i] := outcome;
      CONTINUE;
    END IF;

    IF r.workspace_id IS DISTINCT FROM at_workspace THEN
      at_workspace := r.workspace_id;
      at_bucket := NULL;
      at_key := NULL;
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

    IF r.key_id IS DISTINCT FROM at_key THEN
      at_key := r.key_id;
      key_free_micro_usd := r.key_budget_micro_usd - r.key_spent_micro_usd - r.key_held_micro_usd;
      key_pending := r.key_held_requests;
      key_places := r.key_concurrency_max - r.key_held_requests;
    END IF;

    -- Together only where there is no question of it, and each could still have been admitted after all the others.
    IF r.requests > 1 AND (
      r.requests > least(b_requests[k_slot], b_requests[w_slot], places, key_places)
      OR r.units_max > least(b_units[k_slot], b_units[w_slot], free_units - spare)
      OR r.greatest_units > least(r.key_units_limit, r.all_units_limit)
      OR r.micro_usd_max > least(free_micro_usd, key_free_micro_usd) - spare
    ) THEN
      o_verdict[r.i] := 'one_by_one';
      CONTINUE;
    END IF;

    counted_requests := CASE WHEN r.counted THEN 0 ELSE r.requests END;
    -- A request greater than a whole minute's units passes when the bucket is full.
    counted_units := least(r.units_max, r.key_units_limit, r.all_units_limit);
    IF r.counted IS NULL THEN
      counted_units := 0;
    ELSE
      short_ms := greatest(
        (counted_requests - b_requests[k_slot]) / r.key_requests_limit, (counted_requests - b_requests[w_slot]) / r.all_requests_limit,
        (counted_units - b_units[k_slot]) / r.key_units_limit, (counted_units - b_units[w_slot]) / r.all_units_limit
      ) * 60000;
      IF short_ms > 0 THEN
        outcome := 'rate_limited';
        o_retry_after_ms[r.i] := ceil(short_ms);
      ELSE
        b_requests[k_slot] := b_requests[k_slot] - counted_requests;
        b_requests[w_slot] := b_requests[w_slot] - counted_requests;
      END IF;
    END IF;

    IF outcome IS NULL THEN
      fits := r.units_max <= free_units AND r.micro_usd_max <= coalesce(free_micro_usd, r.micro_usd_max);
      key_fits := r.micro_usd_max <= coalesce(key_free_micro_usd, r.micro_usd_max);
      -- The least that it costs in money is known where its units are.
      outcome := CASE
        WHEN r.units_max = 0 THEN 'valid'
        WHEN r.units_min > r.quota_units - r.spent_units THEN 'quota_exceeded'
        WHEN greatest(1, CASE WHEN r.units_min = r.units_max THEN r.micro_usd_max END) > r.budget_micro_usd - r.spent_micro_usd THEN 'budget_exceeded'
        WHEN greatest(1, CASE WHEN r.units_min = r.units_max THEN r.micro_usd_max END) > r.key_budget_micro_usd - r.key_spent_micro_usd THEN 'key_budget_exceeded'
        WHEN least(places, key_places) <= 0 THEN 'concurrency_limited'
        WHEN fits AND key_fits THEN 'valid'
        WHEN NOT fits AND pending > 0 THEN 'quota_held'
        WHEN NOT key_fits AND key_pending > 0 THEN 'quota_held'
        ELSE 'valid'
      END;
    END IF;
    o_verdict[r.i] := outcome;
    IF outcome = 'concurrency_limited' THEN
      o_retry_after_ms[r.i] := 1000;
    END IF;
    -- What is refused uses no units.
    IF outcome = 'valid' THEN
      b_units[k_slot] := b_units[k_slot] - counted_units;
      b_units[w_slot] := b_units[w_slot] - counted_units;
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
    CONTINUE WHEN outcome <> 'valid' OR r.units_max = 0;

    h_hold := h_hold || r.hold_id;
    h_requests := h_requests || r.requests;
    h_workspace := h_workspace || r.workspace_id;
    h_key := h_key || r.key_id;
    h_units := h_units || least(r.units_max, free_units);
    h_micro_usd := h_micro_usd || least(r.micro_usd_max, free_micro_usd, key_free_micro_usd);
    h_counted := h_counted || nullif(counted_units, h_units[cardinality(h_units)]);
    keys_count := keys_count OR r.key_counts;
    free_units := free_units - least(r.units_max, free_units);
    free_micro_usd := free_micro_usd - h_micro_usd[cardinality(h_micro_usd)];
    key_free_micro_usd := key_free_micro_usd - h_micro_usd[cardinality(h_micro_usd)];
    pending := pending + r.requests;
    places := places - r.requests;
    key_pending := key_pending + r.requests;
    key_places := key_places - r.requests;
  END LOOP;

  IF h_hold <> '{}' THEN
    INSERT INTO holds (request_id, workspace_id, key_id, requests, units, micro_usd, counted_units, expires_at)
    SELECT h.hold_id, h.workspace_id, h.key_id, h.requests, h.units, h.micro_usd, h.counted_units, now_at + make_interval(secs => hold_ms / 1000.0)
    FROM unnest(h_hold, h_workspace, h_key, h_requests, h_units, h_micro_usd, h_counted) AS h (hold_id, workspace_id, key_id, requests, units, micro_usd, counted_units);

    UPDATE allowances a
    SET held_units = a.held_units + s.units,
        held_micro_usd = a.held_micro_usd + s.micro_usd,
        held_requests = a.held_requests + s.requests,
        spent_units = CASE WHEN a.period_start < month_start THEN 0 ELSE a.spent_units END,
        spent_micro_usd = CASE WHEN a.period_start < month_start THEN 0 ELSE a.spent_micro_usd END,
        period_start = greatest(a.period_start, month_start)
    FROM (
      SELECT h.workspace_id, sum(h.units) units, sum(h.micro_usd) micro_usd, sum(h.requests) requests
      FROM unnest(h_workspace, h_requests, h_units, h_micro_usd) AS h (workspace_id, requests, units, micro_usd) GROUP BY h.workspace_id
    ) s
    WHERE a.workspace_id = s.workspace_id;

    IF keys_count THEN
      UPDATE key_allowances a
      SET held_micro_usd = a.held_micro_usd + s.micro_usd,
          held_requests = a.held_requests + s.requests,
          spent_micro_usd = CASE WHEN a.period_start < month_start THEN 0 ELSE a.spent_micro_usd END,
          period_start = greatest(a.period_start, month_start)
      FROM (
        SELECT h.key_id, sum(h.micro_usd) micro_usd, sum(h.requests) requests
        FROM unnest(h_key, h_requests, h_micro_usd) AS h (key_id, requests, micro_usd) GROUP BY h.key_id
      ) s
      WHERE a.key_id = s.key_id;
    END IF;
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

-- As before, and gives back to the windows what they were charged.
CREATE OR REPLACE FUNCTION settle_and_admit_of_key(
  of_key_id text,
  hold_ids uuid[],
  epochs integer[],
  shares_requests integer[],
  shares_units bigint[],
  shares_micro_usd bigint[],
  used_units bigint[],
  used_micro_usd bigint[],
  request_ids uuid[],
  inputs bigint[],
  outputs bigint[],
  prices_micro_usd bigint[],
  latencies_ms integer[],
  of_task text,
  of_model_version text,
  of_status_class smallint,
  of_unit text,
  of_price_version integer,
  first_id uuid,
  last_id uuid,
  sum_inputs bigint,
  sum_outputs bigint,
  sum_micro_usd bigint,
  new_latency_counts bigint[],
  asked integer,
  new_hold_id uuid,
  of_key_hash bytea,
  of_scope text,
  of_model text,
  of_origin text,
  greatest_units bigint,
  asked_units bigint,
  asked_micro_usd bigint,
  hold_ms integer
) RETURNS TABLE (
  workspace_id uuid,
  key_requests_limit integer,
  key_requests double precision,
  key_units_limit integer,
  key_units double precision,
  all_requests_limit integer,
  all_requests double precision,
  all_units_limit integer,
  all_units double precision
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  r record;
  -- Near the end of a quota or a budget each request is decided by itself.
  spare constant bigint := 1000;
BEGIN
  -- A hold may be lost in a crash: its answer is then withheld. So admitting need not wait for the disk.
  IF request_ids = '{}' THEN
    SET LOCAL synchronous_commit = off;
  END IF;
  PERFORM 1 FROM api_keys k JOIN allowances a ON a.workspace_id = k.workspace_id
  WHERE k.id = of_key_id AND (asked = 0 OR k.secret_hash = of_key_hash) FOR UPDATE OF a;

  -- A statement of its own: what it reads has to be younger than the lock.
  SELECT k.workspace_id, k.rate_bucket, wb.bucket AS all_bucket, t.now_at,
    s.requests AS settled, s.units AS freed_units, s.micro_usd AS freed_micro_usd, s.are_last,
    k.requests_per_minute AS key_requests_limit, k.units_per_minute AS key_units_limit,
    a.requests_per_minute AS all_requests_limit, a.units_per_minute AS all_units_limit,
    least(k.requests_per_minute, kb.requests + kt.minutes * k.requests_per_minute) - asked AS key_requests,
    least(k.units_per_minute, kb.units + s.refunded_units + kt.minutes * k.units_per_minute) - asked_units AS key_units,
    least(a.requests_per_minute, wb.requests + wt.minutes * a.requests_per_minute) - asked AS all_requests,
    least(a.units_per_minute, wb.units + s.refunded_units + wt.minutes * a.units_per_minute) - asked_units AS all_units
  INTO r
  FROM api_keys k
    JOIN workspaces w ON w.id = k.workspace_id
    JOIN allowances a ON a.workspace_id = k.workspace_id
    JOIN rate_buckets kb ON kb.bucket = k.rate_bucket
    JOIN rate_buckets wb ON wb.bucket = 'workspace:' || k.workspace_id
    LEFT JOIN key_allowances ka ON ka.key_id = k.id
    CROSS JOIN clock_timestamp() AS t (now_at)
    CROSS JOIN LATERAL (SELECT greatest(0, extract(epoch FROM t.now_at - kb.refilled_at)::double precision) / 60) AS kt (minutes)
    CROSS JOIN LATERAL (SELECT greatest(0, extract(epoch FROM t.now_at - wb.refilled_at)::double precision) / 60) AS wt (minutes)
    CROSS JOIN (
      SELECT count(*) AS holds, coalesce(sum(g.requests), 0)::integer AS requests, bool_and(g.requests = h.requests) AS are_last,
        -- With its last request all that is left of a hold goes.
        coalesce(sum(CASE WHEN g.requests = h.requests THEN h.units ELSE g.units END), 0)::bigint AS units,
        coalesce(sum(CASE WHEN g.requests = h.requests THEN h.micro_usd ELSE g.micro_usd END), 0)::bigint AS micro_usd,
        -- The buckets were charged no more than they have, and nothing for lines of batches.
        coalesce(sum(greatest(0, coalesce(h.counted_units, CASE WHEN g.requests = h.requests THEN h.units ELSE g.units END) - g.used_units)), 0)::bigint AS refunded_units
      FROM unnest(hold_ids, epochs, shares_requests, shares_units, shares_micro_usd, used_units, used_micro_usd)
        AS g (id, epoch, requests, units, micro_usd, used_units, used_micro_usd)
      JOIN holds h ON h.request_id = g.id AND h.epoch = g.epoch AND h.key_id = of_key_id AND h.requests >= g.requests
      WHERE g.used_units <= coalesce(g.units, h.units) AND g.used_micro_usd <= coalesce(g.micro_usd, h.micro_usd)
    ) s
  WHERE k.id = of_key_id AND s.holds = cardinality(hold_ids) AND ka.key_id IS NULL
    AND date_trunc('hour', uuid_extract_timestamp(first_id), 'UTC') IS NOT DISTINCT FROM date_trunc('hour', uuid_extract_timestamp(last_id), 'UTC')
    AND a.period_start >= date_trunc('month', t.now_at, 'UTC')
    AND (asked = 0 OR k.secret_hash = of_key_hash AND k.revoked_at IS NULL AND coalesce(k.expires_at > t.now_at, true)
      AND w.status = 'active' AND of_scope = ANY (k.scopes)
      AND (of_origin = '' OR of_origin = ANY (k.allowed_origins))
      AND (k.models = '{}' OR of_model = ANY (k.models)) AND k.allowed_addresses = '{}'
      AND a.held_requests - s.requests + asked <= a.concurrency_max
      AND greatest_units <= least(k.units_per_minute, a.units_per_minute)
      AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.workspace_id = k.workspace_id AND h.expires_at <= t.now_at)
      AND asked_units <= a.quota_units - a.spent_units - a.held_units - spare
      AND (NOT a.budget_is_hard OR coalesce(asked_micro_usd <= a.budget_micro_usd - a.spent_micro_usd - a.held_micro_usd - spare, true)));
  IF NOT FOUND OR asked > 0 AND least(r.key_requests, r.key_units, r.all_requests, r.all_units) < 0 THEN
    RETURN;
  END IF;

  IF request_ids <> '{}' THEN
    INSERT INTO usage_records
      (id, workspace_id, key_id, task, model_version, status_class, input_units, output_units, unit, price_micro_usd, price_version, latency_ms)
    SELECT g.id, r.workspace_id, of_key_id, of_task, of_model_version, of_status_class, g.input_units, g.output_units, of_unit, g.price_micro_usd,
      of_price_version, g.latency_ms
    FROM unnest(request_ids, inputs, outputs, prices_micro_usd, latencies_ms) AS g (id, input_units, output_units, price_micro_usd, latency_ms);

    IF r.are_last THEN
      DELETE FROM holds h WHERE h.request_id = ANY (hold_ids);
    ELSE
      DELETE FROM holds h USING unnest(hold_ids, shares_requests) AS g (id, requests)
      WHERE h.request_id = g.id AND h.requests = g.requests;
      UPDATE holds h SET requests = h.requests - g.requests, units = h.units - g.units, micro_usd = h.micro_usd - g.micro_usd
      FROM unnest(hold_ids, shares_requests, shares_units, shares_micro_usd) AS g (id, requests, units, micro_usd)
      WHERE h.request_id = g.id;
    END IF;

    INSERT INTO usage_hours AS h
      (workspace_id, hour, key_id, model_version, task, status_class, requests, input_units, output_units, price_micro_usd, latency_counts, last_used_at)
    VALUES (r.workspace_id, date_trunc('hour', uuid_extract_timestamp(first_id), 'UTC'), of_key_id, of_model_version, of_task, of_status_class, r.settled, sum_inputs, sum_outputs, sum_micro_usd,
      new_latency_counts, r.now_at)
    ON CONFLICT (workspace_id, hour, key_id, model_version, task, status_class) DO UPDATE
    SET requests = h.requests + excluded.requests,
        input_units = h.input_units + excluded.input_units,
        output_units = h.output_units + excluded.output_units,
        price_micro_usd = h.price_micro_usd + excluded.price_micro_usd,
        latency_counts = ARRAY[
          h.latency_counts[1] + excluded.latency_counts[1], h.latency_counts[2] + excluded.latency_counts[2], h.latency_counts[3] + excluded.latency_counts[3],
          h.latency_counts[4] + excluded.latency_counts[4], h.latency_counts[5] + excluded.latency_counts[5], h.latency_counts[6] + excluded.latency_counts[6],
          h.latency_counts[7] + excluded.latency_counts[7], h.latency_counts[8] + excluded.latency_counts[8], h.latency_counts[9] + excluded.latency_counts[9],
          h.latency_counts[10] + excluded.latency_counts[10], h.latency_counts[11] + excluded.latency_counts[11], h.latency_counts[12] + excluded.latency_counts[12],
          h.latency_counts[13] + excluded.latency_counts[13]
        ],
        last_used_at = excluded.last_used_at;
  END IF;

  UPDATE allowances a
  SET held_units = a.held_units - r.freed_units + asked_units,
      held_micro_usd = a.held_micro_usd - r.freed_micro_usd + asked_micro_usd,
      held_requests = a.held_requests - r.settled + asked,
      spent_units = a.spent_units + sum_inputs + sum_outputs,
      spent_micro_usd = a.spent_micro_usd + sum_micro_usd
  WHERE a.workspace_id = r.workspace_id;
  UPDATE rate_buckets b
  SET requests = CASE b.bucket WHEN r.rate_bucket THEN r.key_requests ELSE r.all_requests END,
      units = CASE b.bucket WHEN r.rate_bucket THEN r.key_units ELSE r.all_units END,
      refilled_at = r.now_at
  WHERE b.bucket IN (r.rate_bucket, r.all_bucket);
  IF asked > 0 THEN
    INSERT INTO holds (request_id, workspace_id, key_id, requests, units, micro_usd, expires_at)
    VALUES (new_hold_id, r.workspace_id, of_key_id, asked, asked_units, asked_micro_usd, r.now_at + make_interval(secs => hold_ms / 1000.0));
  END IF;
  RETURN QUERY SELECT r.workspace_id, r.key_requests_limit, r.key_requests, r.key_units_limit, r.key_units,
    r.all_requests_limit, r.all_requests, r.all_units_limit, r.all_units;
END $$;

-- A function that is replaced loses its settings.
DO $$
DECLARE
  setting text;
BEGIN
  FOREACH setting IN ARRAY ARRAY['plan_cache_mode = force_generic_plan', 'enable_seqscan = off', 'enable_bitmapscan = off', 'jit = off'] LOOP
    EXECUTE 'ALTER FUNCTION settle_and_admit_of_key SET ' || setting;
  END LOOP;
END $$;
