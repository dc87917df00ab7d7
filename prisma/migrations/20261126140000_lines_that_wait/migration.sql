-- A line that failed is not run again before. Kept, so that neither a turn's end nor a restart runs it at once, and another
-- one of the batch comes first. Null: it may run.
ALTER TABLE "batch_lines" ADD COLUMN "not_before" TIMESTAMPTZ(3);
