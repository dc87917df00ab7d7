-- What a key used last, and what it spent this month, are asked for by key and hour. Neither column ever changes, so the
-- updates of every settlement stay in their place (HOT). It does all that the index of the key alone did.
CREATE INDEX "usage_hours_key_id_hour_idx" ON "usage_hours"("key_id", "hour");
DROP INDEX "usage_hours_key_id_idx";
