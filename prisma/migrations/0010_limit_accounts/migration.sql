-- What an operator has said of an account: its share of the pin queue, and how much it may keep. No row, or null: the platform's defaults.
CREATE TABLE "account_limits" (
    "user_id" UUID NOT NULL,
    "pin_weight" INTEGER NOT NULL DEFAULT 1,
    "bytes_quota" BIGINT,
    "pins_quota" INTEGER,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_limits_pkey" PRIMARY KEY ("user_id"),
    CONSTRAINT "account_limits_pin_weight_check" CHECK ("pin_weight" BETWEEN 1 AND 100),
    CONSTRAINT "account_limits_bytes_quota_check" CHECK ("bytes_quota" >= 0),
    CONSTRAINT "account_limits_pins_quota_check" CHECK ("pins_quota" >= 0)
);

ALTER TABLE "account_limits" ADD CONSTRAINT "account_limits_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
