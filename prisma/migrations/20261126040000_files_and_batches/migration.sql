-- Files that a workspace uploaded, or that its batches wrote: their bytes are in the blob store, under the workspace's id
-- and the file's.
CREATE TABLE "files" (
    "id" TEXT NOT NULL,
    "workspace_id" UUID NOT NULL,
    "purpose" TEXT NOT NULL,
    "filename" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "files_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "files_workspace_id_created_at_id_idx" ON "files"("workspace_id", "created_at", "id");
CREATE INDEX "files_expires_at_idx" ON "files"("expires_at");
ALTER TABLE "files" ADD CONSTRAINT "files_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A batch is run by the gateway that has its lease; what that gateway writes names the lease, so one that lost it writes
-- nothing more.
CREATE TABLE "batches" (
    "id" TEXT NOT NULL,
    "workspace_id" UUID NOT NULL,
    "key_id" TEXT NOT NULL,
    "address" TEXT NOT NULL DEFAULT '',
    "endpoint" TEXT NOT NULL,
    "input_file_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "metadata" JSONB,
    "errors" JSONB,
    "total" INTEGER NOT NULL DEFAULT 0,
    "completed" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "parts" INTEGER NOT NULL DEFAULT 0,
    "output_file_id" TEXT,
    "error_file_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "in_progress_at" TIMESTAMPTZ(3),
    "finalizing_at" TIMESTAMPTZ(3),
    "cancelling_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "lease_id" UUID,
    "leased_until" TIMESTAMPTZ(3),
    "turn_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "batches_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "batches_workspace_id_created_at_id_idx" ON "batches"("workspace_id", "created_at", "id");
CREATE INDEX "batches_status_turn_at_idx" ON "batches"("status", "turn_at");
ALTER TABLE "batches" ADD CONSTRAINT "batches_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A line that was begun, until its batch has ended. Its request's id is written before it runs and stays the same after a
-- crash, so the ledger's primary key refuses a second bill; `part` is where its answer is durable, before it is billed.
CREATE TABLE "batch_lines" (
    "batch_id" TEXT NOT NULL,
    "line" INTEGER NOT NULL,
    "request_id" UUID NOT NULL,
    "part" INTEGER,
    "is_settled" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "batch_lines_pkey" PRIMARY KEY ("batch_id","line")
);
ALTER TABLE "batch_lines" ADD CONSTRAINT "batch_lines_batch_id_fkey" FOREIGN KEY ("batch_id") REFERENCES "batches"("id") ON DELETE CASCADE ON UPDATE CASCADE;
