-- admit_and_settle_of_key as before, but for two races. It looked for an allowance of the key in the statement that waits for
-- the lock: a key that was given its first budget meanwhile spent beside it. And a call that waited for longer than its
-- gateway does was written later on, though its caller had been told that it was not. Such a call fails now, and with it all
-- kinds that were asked for with it.
CREATE OR REPLACE FUNCTION admit_and_settle_of_key(
  of_key_id text,
  of_key_hash bytea,
  of_scope text,
  of_model text,
  of_origin text,
  of_task text,
  of_model_version text,
  of_status_class smallint,
  of_unit text,
  of_price_version integer,
  first_id uuid,
  last_id uuid,
  request_ids uuid[],
  inputs bigint[],
  outputs bigint[],
  prices_micro_usd bigint[],
  latencies_ms integer[],
  asked integer,
  greatest_units bigint,
  sum_inputs bigint,
  sum_outputs bigint,
  sum_micro_usd bigint,
  new_latency_counts bigint[],
  OUT workspace_id uuid,
  OUT key_requests_limit integer,
  OUT key_requests double precision,
  OUT key_units_limit integer,
  OUT key_units double precision,
  OUT all_requests_limit integer,
  OUT all_requests double precision,
  OUT all_units_limit integer,
  OUT all_units double precision,
  OUT places integer
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  r record;
  of_key record;
  of_all record;
  -- In a variable: compared with the function itself, which gives another time for each row, no index could be used.
  began_at timestamptz := clock_timestamp();
  of_hour timestamptz := date_trunc('hour', uuid_extract_timestamp(first_id), 'UTC');
  -- Near the end of a quota or a budget each request is decided by itself.
  spare constant bigint := 1000;
BEGIN
  IF of_hour <> date_trunc('hour', uuid_extract_timestamp(last_id), 'UTC') THEN
    RETURN;
  END IF;

  -- It locks what every call of the workspace locks first, so what follows is read by nobody else at the same time.
  UPDATE allowances a
  SET spent_units = a.spent_units + sum_inputs + sum_outputs, spent_micro_usd = a.spent_micro_usd + sum_micro_usd
  FROM api_keys k JOIN workspaces w ON w.id = k.workspace_id
  WHERE k.id = of_key_id AND a.workspace_id = k.workspace_id
    AND k.secret_hash = of_key_hash AND k.revoked_at IS NULL AND coalesce(k.expires_at > began_at, true)
    AND w.status = 'active' AND of_scope = ANY (k.scopes)
    AND (of_origin = '' OR of_origin = ANY (k.allowed_origins))
    AND (k.models = '{}' OR of_model = ANY (k.models)) AND k.allowed_addresses = '{}'
    AND a.period_start >= date_trunc('month', began_at, 'UTC')
    AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.workspace_id = a.workspace_id AND h.expires_at <= began_at)
    AND a.held_requests + asked <= a.concurrency_max
    AND greatest_units <= least(k.units_per_minute, a.units_per_minute)
    AND sum_inputs + sum_outputs <= a.quota_units - a.spent_units - a.held_units - spare
    AND (NOT a.budget_is_hard OR coalesce(sum_micro_usd <= a.budget_micro_usd - a.spent_micro_usd - a.held_micro_usd - spare, true))
  RETURNING a.workspace_id, k.rate_bucket, clock_timestamp() AS now_at, k.requests_per_minute AS key_requests_limit, k.units_per_minute AS key_units_limit,
    a.requests_per_minute AS all_requests_limit, a.units_per_minute AS all_units_limit, a.concurrency_max - a.held_requests AS places
  INTO r;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  -- Nothing is held for what runs here, so nothing but this keeps a call that its gateway has given up from being written.
  IF r.now_at > statement_timestamp() + interval '4 seconds' THEN
    RAISE EXCEPTION 'It waited too long for its turn.' USING ERRCODE = 'query_canceled';
  END IF;

  -- An allowance of the key is looked for here and not above: a first one is given under the lock, and what is read has
  -- to be younger than that.
  UPDATE rate_buckets b
  SET requests = least(r.key_requests_limit, b.requests + greatest(0, extract(epoch FROM r.now_at - b.refilled_at)::double precision) / 60 * r.key_requests_limit) - asked,
      units = least(r.key_units_limit, b.units + greatest(0, extract(epoch FROM r.now_at - b.refilled_at)::double precision) / 60 * r.key_units_limit) - sum_inputs - sum_outputs,
      refilled_at = r.now_at
  WHERE b.bucket = r.rate_bucket AND NOT EXISTS (SELECT 1 FROM key_allowances ka WHERE ka.key_id = of_key_id)
  RETURNING b.requests, b.units INTO of_key;
  IF NOT FOUND THEN
    UPDATE allowances a
    SET spent_units = a.spent_units - sum_inputs - sum_outputs, spent_micro_usd = a.spent_micro_usd - sum_micro_usd
    WHERE a.workspace_id = r.workspace_id;
    RETURN;
  END IF;
  UPDATE rate_buckets b
  SET requests = least(r.all_requests_limit, b.requests + greatest(0, extract(epoch FROM r.now_at - b.refilled_at)::double precision) / 60 * r.all_requests_limit) - asked,
      units = least(r.all_units_limit, b.units + greatest(0, extract(epoch FROM r.now_at - b.refilled_at)::double precision) / 60 * r.all_units_limit) - sum_inputs - sum_outputs,
      refilled_at = r.now_at
  WHERE b.bucket = 'workspace:' || r.workspace_id
  RETURNING b.requests, b.units INTO of_all;
  IF NOT FOUND OR least(of_key.requests, of_key.units, of_all.requests, of_all.units) < 0 THEN
    -- Given back, under the lock that it was taken under.
    UPDATE allowances a
    SET spent_units = a.spent_units - sum_inputs - sum_outputs, spent_micro_usd = a.spent_micro_usd - sum_micro_usd
    WHERE a.workspace_id = r.workspace_id;
    UPDATE rate_buckets b
    SET requests = b.requests + asked, units = b.units + sum_inputs + sum_outputs
    WHERE b.bucket IN (r.rate_bucket, 'workspace:' || r.workspace_id);
    RETURN;
  END IF;

  INSERT INTO usage_records
    (id, workspace_id, key_id, task, model_version, status_class, input_units, output_units, unit, price_micro_usd, price_version, latency_ms)
  SELECT g.id, r.workspace_id, of_key_id, of_task, of_model_version, of_status_class, g.input_units, g.output_units, of_unit, g.price_micro_usd,
    of_price_version, g.latency_ms
  FROM unnest(request_ids, inputs, outputs, prices_micro_usd, latencies_ms) AS g (id, input_units, output_units, price_micro_usd, latency_ms);

  INSERT INTO usage_hours AS h
    (workspace_id, hour, key_id, model_version, task, status_class, requests, input_units, output_units, price_micro_usd, latency_counts, last_used_at)
  VALUES (r.workspace_id, of_hour, of_key_id, of_model_version, of_task, of_status_class, asked, sum_inputs, sum_outputs, sum_micro_usd,
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

  workspace_id := r.workspace_id;
  key_requests_limit := r.key_requests_limit;
  key_requests := of_key.requests;
  key_units_limit := r.key_units_limit;
  key_units := of_key.units;
  all_requests_limit := r.all_requests_limit;
  all_requests := of_all.requests;
  all_units_limit := r.all_units_limit;
  all_units := of_all.units;
  places := r.places;
END $$;

-- A function that is replaced loses its settings.
DO $$
DECLARE
  setting text;
BEGIN
  FOREACH setting IN ARRAY ARRAY['plan_cache_mode = force_generic_plan', 'enable_seqscan = off', 'enable_bitmapscan = off', 'jit = off'] LOOP
    EXECUTE 'ALTER FUNCTION admit_and_settle_of_key SET ' || setting;
  END LOOP;
END $$;
