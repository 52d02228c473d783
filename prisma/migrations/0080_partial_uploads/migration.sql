-- Uploads that come in several requests (tus), from their creation until they expire.
CREATE TABLE "partial_uploads" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "node_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "length" BIGINT NOT NULL,
    "offset" BIGINT NOT NULL DEFAULT 0,
    "metadata" TEXT,
    "options" JSONB NOT NULL,
    "parts" UUID[],
    "state" TEXT NOT NULL DEFAULT 'receiving',
    "content_id" BIGINT,
    "cid" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "partial_uploads_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "partial_uploads_user_id_state_idx" ON "partial_uploads"("user_id", "state");

CREATE INDEX "partial_uploads_node_id_state_idx" ON "partial_uploads"("node_id", "state");

CREATE INDEX "partial_uploads_node_id_expires_at_idx" ON "partial_uploads"("node_id", "expires_at");
