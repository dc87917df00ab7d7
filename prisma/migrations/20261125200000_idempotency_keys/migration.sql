-- Which request answered which Idempotency-Key of an API key. Both the name and the request are HMACs under the API key
-- itself, which is stored nowhere: nothing here tells what was sent. Whether the request has succeeded, and what it cost,
-- is the ledger's to say.
CREATE TABLE "idempotency_keys" (
    "key_id" TEXT NOT NULL,
    "name_mac" BYTEA NOT NULL,
    "request_mac" BYTEA NOT NULL,
    "request_id" UUID NOT NULL,
    "claimed_until" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("key_id","name_mac")
);

-- CreateIndex
CREATE INDEX "idempotency_keys_expires_at_idx" ON "idempotency_keys"("expires_at");
