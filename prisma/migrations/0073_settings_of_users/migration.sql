-- What users choose for their deals, who may add nothing, and who was told that a quota is nearly used up.
CREATE TABLE "user_settings" (
    "user_id" UUID NOT NULL,
    "replication" INTEGER,
    "duration" INTEGER,
    "verified" BOOLEAN,
    "prefer" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_settings_pkey" PRIMARY KEY ("user_id"),
    CONSTRAINT "user_settings_prefer_check" CHECK ("prefer" IN ('price', 'latency'))
);

ALTER TABLE "user_settings" ADD CONSTRAINT "user_settings_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "account_limits" ADD COLUMN "content_adding_disabled" BOOLEAN NOT NULL DEFAULT false;

CREATE TABLE "quota_warnings" (
    "user_id" UUID NOT NULL,
    "quota" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "quota_warnings_pkey" PRIMARY KEY ("user_id", "quota")
);

ALTER TABLE "quota_warnings" ADD CONSTRAINT "quota_warnings_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
