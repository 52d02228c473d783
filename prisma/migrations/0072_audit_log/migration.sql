-- Who did what as an operator, or in somebody's name.
ALTER TABLE "api_keys" ADD COLUMN "acted_by" UUID;
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_acted_by_fkey" FOREIGN KEY ("acted_by") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
CREATE INDEX "api_keys_acted_by_idx" ON "api_keys"("acted_by");

CREATE TABLE "audit_entries" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT NOT NULL,
    "acting_as" TEXT,
    "key_id" UUID,
    "route" TEXT NOT NULL,
    "target" JSONB NOT NULL,
    "status" INTEGER,
    "address" TEXT NOT NULL,

    CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "audit_entries_actor_id_idx" ON "audit_entries"("actor", "id" DESC);
CREATE INDEX "audit_entries_acting_as_id_idx" ON "audit_entries"("acting_as", "id" DESC);
