-- Links that log somebody in once: who starts the platform opens its page by one.
CREATE TABLE "login_links" (
    "token_hash" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "login_links_pkey" PRIMARY KEY ("token_hash")
);

CREATE INDEX "login_links_user_id_idx" ON "login_links"("user_id");
CREATE INDEX "login_links_expires_at_idx" ON "login_links"("expires_at");

ALTER TABLE "login_links" ADD CONSTRAINT "login_links_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
