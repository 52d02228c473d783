-- Which platform this database belongs to: data folders bear the same id, and refuse each other otherwise. Made here, so a database
-- that was laid out anew never passes for the one that was lost. `generation` grows with every start: a folder that has seen a higher
-- one was in use with a newer state of the database.
CREATE TABLE "platform_identity" (
    "only" BOOLEAN NOT NULL DEFAULT true CHECK ("only"),
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "generation" BIGINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "platform_identity_pkey" PRIMARY KEY ("only")
);

INSERT INTO "platform_identity" DEFAULT VALUES;

-- While one of these holds, no file of a CAR is removed, whatever the rows say: a backup copies what its snapshot knows.
CREATE TABLE "removal_holds" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "reason" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "removal_holds_pkey" PRIMARY KEY ("id")
);
