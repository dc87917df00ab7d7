-- A stream's answer leaves piece by piece, so what it has cost so far is saved with its hold. Whoever finds the hold
-- expired settles it at what was saved last, never above. Null: nothing was saved, and what was held is given back.
ALTER TABLE holds
  ADD COLUMN task TEXT,
  ADD COLUMN model_version TEXT,
  ADD COLUMN unit TEXT,
  ADD COLUMN price_version INTEGER,
  ADD COLUMN saved_input_units BIGINT,
  ADD COLUMN saved_output_units BIGINT,
  ADD COLUMN saved_price_micro_usd BIGINT,
  ADD COLUMN saved_latency_ms INTEGER;
ALTER TABLE holds ADD CONSTRAINT holds_saved_within_hold CHECK (
  task IS NULL OR (requests = 1 AND saved_input_units + saved_output_units <= units AND saved_price_micro_usd <= micro_usd));

-- As before, but those with saved progress are settled at it first, by the same rules as any settlement.
CREATE OR REPLACE FUNCTION release_expired_holds(locked_workspace_ids uuid[]) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  released integer;
  settled integer;
  -- In a variable: compared with the function itself, which gives another time for each row, no index could be used.
  now_at timestamptz := clock_timestamp();
BEGIN
  -- Nearly always there is none, and finding that out costs less than starting the statements below.
  IF NOT EXISTS (SELECT 1 FROM holds h WHERE h.workspace_id = ANY (locked_workspace_ids) AND h.expires_at <= now_at) THEN
    RETURN 0;
  END IF;
  SELECT count(w.outcome) INTO settled FROM (
    SELECT array_agg(h.request_id) ids, array_agg(h.epoch) epochs, array_agg(h.task) tasks, array_agg(h.model_version) model_versions,
      array_agg(2::smallint) status_classes, array_agg(h.saved_input_units) inputs, array_agg(h.saved_output_units) outputs,
      array_agg(h.unit) units, array_agg(h.saved_price_micro_usd) prices_micro_usd, array_agg(h.price_version) price_versions,
      array_agg(h.saved_latency_ms) latencies_ms
    FROM holds h
    WHERE h.workspace_id = ANY (locked_workspace_ids) AND h.expires_at <= now_at AND h.task IS NOT NULL
  ) orphans, write_settlements(
    orphans.ids, array_fill(NULL::bigint, ARRAY[cardinality(orphans.ids)]), array_fill(NULL::bigint, ARRAY[cardinality(orphans.ids)]),
    orphans.ids, orphans.epochs, orphans.tasks, orphans.model_versions, orphans.status_classes, orphans.inputs, orphans.outputs,
    orphans.units, orphans.prices_micro_usd, orphans.price_versions, orphans.latencies_ms, true) AS w
  WHERE orphans.ids IS NOT NULL;
  WITH expired AS (
    DELETE FROM holds h
    WHERE h.workspace_id = ANY (locked_workspace_ids) AND h.expires_at <= now_at
    RETURNING h.workspace_id, h.requests, h.units, h.micro_usd
  ), sums AS (
    SELECT e.workspace_id, sum(e.units) units, sum(e.micro_usd) micro_usd, sum(e.requests) requests
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
  RETURN released + settled;
END $$;

-- Writes how far streams have come, and lets their holds live on from now. One row a stream, in order. It must be durable
-- before a stream's first byte leaves, so the caller keeps synchronous_commit on.
--
-- outcome: saved; no_hold (the hold expired or was taken over: the stream must end, what was saved is billed); over_hold
--   (it would cost more than is held: nothing was saved).
-- held_units, held_micro_usd: all that is held for it, which is less than was asked for where a quota's rest was held.
-- tasks: null where only the time is prolonged: for an answer that leaves whole or not at all.
CREATE FUNCTION save_progress(
  hold_ids uuid[],
  epochs integer[],
  tasks text[],
  model_versions text[],
  inputs bigint[],
  outputs bigint[],
  units text[],
  prices_micro_usd bigint[],
  price_versions integer[],
  latencies_ms integer[],
  hold_ms integer
) RETURNS TABLE (outcome text, held_units bigint, held_micro_usd bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  PERFORM lock_allowances(hold_ids, '{}', '{}');
  RETURN QUERY
  WITH given AS (
    SELECT * FROM unnest(
      hold_ids, epochs, tasks, model_versions, inputs, outputs, units, prices_micro_usd, price_versions, latencies_ms
    ) WITH ORDINALITY AS g (
      id, epoch, task, model_version, input_units, output_units, unit, price_micro_usd, price_version, latency_ms, i)
  ), matched AS MATERIALIZED (
    SELECT g.*, h.units AS held_units, h.micro_usd AS held_micro_usd,
      g.task IS NULL OR (g.input_units + g.output_units <= h.units AND g.price_micro_usd <= h.micro_usd) AS fits
    FROM given g JOIN holds h ON h.request_id = g.id AND h.epoch = g.epoch
    WHERE h.request_id = ANY (hold_ids)
  ), saved AS (
    UPDATE holds h
    SET expires_at = clock_timestamp() + make_interval(secs => hold_ms / 1000.0),
        task = coalesce(m.task, h.task),
        model_version = coalesce(m.model_version, h.model_version),
        unit = coalesce(m.unit, h.unit),
        price_version = coalesce(m.price_version, h.price_version),
        saved_input_units = coalesce(m.input_units, h.saved_input_units),
        saved_output_units = coalesce(m.output_units, h.saved_output_units),
        saved_price_micro_usd = coalesce(m.price_micro_usd, h.saved_price_micro_usd),
        saved_latency_ms = coalesce(m.latency_ms, h.saved_latency_ms)
    FROM matched m WHERE h.request_id = m.id AND m.fits
  )
  SELECT CASE WHEN m.id IS NULL THEN 'no_hold' WHEN m.fits THEN 'saved' ELSE 'over_hold' END,
    coalesce(m.held_units, 0), coalesce(m.held_micro_usd, 0)
  FROM given g LEFT JOIN matched m ON m.i = g.i
  ORDER BY g.i;
END $$;

-- As before, but where the ledger has other figures than these (whoever found the hold expired wrote them) nothing was
-- settled with these: the caller must not be told them.
CREATE OR REPLACE FUNCTION settle(
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
  latencies_ms integer[]
) RETURNS TABLE (outcome text) LANGUAGE plpgsql AS $$
DECLARE
  outcomes text[];
BEGIN
  PERFORM lock_allowances(hold_ids, '{}', '{}');
  SELECT array_agg(s.outcome ORDER BY s.i) INTO outcomes
  FROM ROWS FROM (write_settlements(
    hold_ids, shares_units, shares_micro_usd, request_ids, epochs, tasks, model_versions, status_classes, inputs, outputs, units, prices_micro_usd, price_versions, latencies_ms, true)) WITH ORDINALITY AS s (outcome, i);
  RETURN QUERY
  SELECT CASE
    WHEN outcomes[i] = 'settled' AND NOT EXISTS (
      SELECT 1 FROM usage_records u
      WHERE u.id = request_ids[i] AND u.status_class = status_classes[i] AND u.input_units = inputs[i] AND u.output_units = outputs[i])
    THEN 'no_hold'
    ELSE outcomes[i]
  END
  FROM generate_subscripts(outcomes, 1) i ORDER BY i;
END $$;

-- As for the other ways in: a function that is replaced loses its settings.
ALTER FUNCTION settle SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION settle SET enable_seqscan = off;
ALTER FUNCTION settle SET enable_bitmapscan = off;
ALTER FUNCTION settle SET jit = off;
ALTER FUNCTION save_progress SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION save_progress SET enable_seqscan = off;
ALTER FUNCTION save_progress SET enable_bitmapscan = off;
ALTER FUNCTION save_progress SET jit = off;
