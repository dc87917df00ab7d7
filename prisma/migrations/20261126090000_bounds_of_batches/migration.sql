-- How often a line failed on our side. It outlasts a turn and a gateway: counted in memory, a line whose tries are longer
-- than a turn was tried for ever, and its batch stood still.
ALTER TABLE "batch_lines" ADD COLUMN "tries" INTEGER NOT NULL DEFAULT 0;
-- Bytes of the pieces of its answers: a batch may not fill the store.
ALTER TABLE "batches" ADD COLUMN "answer_bytes" BIGINT NOT NULL DEFAULT 0;
-- When a batch of the workspace was taken up last: workspaces take turns, not batches, or whoever makes many of them keeps
-- the others' waiting. Null: none was.
ALTER TABLE "workspaces" ADD COLUMN "batch_turn_at" TIMESTAMPTZ(3);
