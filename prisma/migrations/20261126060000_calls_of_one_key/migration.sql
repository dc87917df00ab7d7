-- settle_and_admit for the call that is by far the commonest: everything in it is of one key, all that was answered is of
-- one kind, and nothing is near a limit. What it costs is nearly all in preparing its statements, so it has few and plain
-- ones. It gives no row, and has written nothing, where there is anything to decide: a refusal, the end of a quota or of a
-- window, a key that restricts addresses or has an allowance of its own, another hour or month, a hold that is gone or has expired. Then the
-- caller asks settle_and_admit, which decides over all of it.
-- hold_ids: a hold each of what was answered, with the requests that are taken out of it, their shares (null: the whole
--   hold is one request's) and what they used of them. request_ids and what follows: one each of the requests, first_id
--   and last_id being the least and the greatest of them; of_task to of_price_version and the sums are those of all of them. Empty: nothing was answered.
-- asked: the requests that ask, of which new_hold_id becomes the hold, and what they ask at the most. 0: nothing asks.
-- What it gives: the workspace, and of key and workspace the limits a minute with what is left of them.
CREATE FUNCTION settle_and_admit_of_key(
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
    least(k.units_per_minute, kb.units + s.units - s.used_units + kt.minutes * k.units_per_minute) - asked_units AS key_units,
    least(a.requests_per_minute, wb.requests + wt.minutes * a.requests_per_minute) - asked AS all_requests,
    least(a.units_per_minute, wb.units + s.units - s.used_units + wt.minutes * a.units_per_minute) - asked_units AS all_units
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
        coalesce(sum(g.used_units), 0)::bigint AS used_units
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

-- As the other functions have it: the statements are planned once, and by their indexes.
DO $$
DECLARE
  setting text;
BEGIN
  FOREACH setting IN ARRAY ARRAY['plan_cache_mode = force_generic_plan', 'enable_seqscan = off', 'enable_bitmapscan = off', 'jit = off'] LOOP
    EXECUTE 'ALTER FUNCTION settle_and_admit_of_key SET ' || setting;
  END LOOP;
END $$;
