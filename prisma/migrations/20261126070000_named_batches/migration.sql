-- An Idempotency-Key of POST /v1/batches names the batch that was made: nothing of it stands in the ledger, whose rows
-- are of its lines. It is written in the transaction that makes the batch, so there is no batch without its name.
ALTER TABLE "idempotency_keys" ADD COLUMN "batch_id" TEXT;
