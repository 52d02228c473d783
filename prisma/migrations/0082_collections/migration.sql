-- Contents at paths, as their owner arranges them.
CREATE TABLE "collections" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "cid" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "collections_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "collections_user_id_created_at_idx" ON "collections"("user_id", "created_at");

-- Paths are ordered by their bytes, so that what is below one stands together.
CREATE TABLE "collection_refs" (
    "collection_id" UUID NOT NULL,
    "path" TEXT COLLATE "C" NOT NULL,
    "content_id" BIGINT NOT NULL,

    CONSTRAINT "collection_refs_pkey" PRIMARY KEY ("collection_id","path")
);

CREATE INDEX "collection_refs_content_id_idx" ON "collection_refs"("content_id");
