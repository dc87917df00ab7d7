-- What callers say an answer should have been, for workspaces that have switched it on. It goes with its workspace, with the
-- switch, and after its time (background: delete-expired).
ALTER TABLE "workspaces" ADD COLUMN "keeps_feedback" BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE "feedback" (
    "request_id" UUID NOT NULL,
    "input_index" SMALLINT NOT NULL,
    "workspace_id" UUID NOT NULL,
    "label" TEXT,
    "correction" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "feedback_pkey" PRIMARY KEY ("request_id","input_index"),
    CONSTRAINT "feedback_one_of_both" CHECK (("label" IS NULL) <> ("correction" IS NULL))
);

-- CreateIndex
CREATE INDEX "feedback_workspace_id_updated_at_idx" ON "feedback"("workspace_id", "updated_at");

-- CreateIndex
CREATE INDEX "feedback_updated_at_idx" ON "feedback"("updated_at");

-- AddForeignKey
ALTER TABLE "feedback" ADD CONSTRAINT "feedback_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;
