-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "username" TEXT NOT NULL,
    "role" TEXT NOT NULL DEFAULT 'user',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "label" TEXT NOT NULL DEFAULT '',
    "scope" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "cars" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "hot" BOOLEAN NOT NULL DEFAULT true,
    "bytes" BIGINT NOT NULL DEFAULT 0,
    "dead_bytes" BIGINT NOT NULL DEFAULT 0,
    "root" TEXT,
    "terms" JSONB,
    "user_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sealed_at" TIMESTAMPTZ(3),

    CONSTRAINT "cars_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dags" (
    "id" BIGSERIAL NOT NULL,
    "root" TEXT NOT NULL,
    "size" BIGINT NOT NULL,
    "car_bytes" BIGINT NOT NULL,
    "blocks" INTEGER NOT NULL,
    "hot" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "dags_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "runs" (
    "dag_id" BIGINT NOT NULL,
    "copy" SMALLINT NOT NULL,
    "seq" INTEGER NOT NULL,
    "car_id" UUID NOT NULL,
    "offset" BIGINT NOT NULL,
    "length" BIGINT NOT NULL,

    CONSTRAINT "runs_pkey" PRIMARY KEY ("dag_id","copy","seq")
);

-- CreateTable
CREATE TABLE "contents" (
    "id" BIGSERIAL NOT NULL,
    "user_id" UUID NOT NULL,
    "dag_id" BIGINT NOT NULL,
    "cid" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL DEFAULT 'file',
    "size" BIGINT NOT NULL,
    "profile" TEXT NOT NULL,
    "replication" SMALLINT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'stored',
    "pin_request_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "contents_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "content_moves" (
    "id" BIGSERIAL NOT NULL,
    "content_id" BIGINT NOT NULL,
    "from" TEXT NOT NULL,
    "to" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "content_moves_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "pins" (
    "request_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "cid" TEXT NOT NULL,
    "cid_v1" TEXT NOT NULL,
    "name" TEXT,
    "origins" JSONB NOT NULL DEFAULT '[]',
    "meta" JSONB NOT NULL DEFAULT '{}',
    "status" TEXT NOT NULL DEFAULT 'queued',
    "reason" TEXT,
    "info" JSONB NOT NULL DEFAULT '{}',
    "content_id" BIGINT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "lease_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "pins_pkey" PRIMARY KEY ("request_id")
);

-- CreateTable
CREATE TABLE "pieces" (
    "car_id" UUID NOT NULL,
    "root" TEXT NOT NULL,
    "car_bytes" BIGINT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'sealed',
    "piece_cid" TEXT,
    "piece_size" BIGINT,
    "replication" SMALLINT NOT NULL,
    "duration" INTEGER NOT NULL,
    "verified" BOOLEAN NOT NULL,
    "max_price" DECIMAL(38,0) NOT NULL,
    "commp_attempts" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "check_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "committed_at" TIMESTAMPTZ(3),
    "replicated_at" TIMESTAMPTZ(3),

    CONSTRAINT "pieces_pkey" PRIMARY KEY ("car_id")
);

-- CreateTable
CREATE TABLE "deals" (
    "id" BIGSERIAL NOT NULL,
    "car_id" UUID NOT NULL,
    "miner" TEXT NOT NULL,
    "slot" SMALLINT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "live" BOOLEAN NOT NULL DEFAULT true,
    "protocol" TEXT NOT NULL DEFAULT 'lotus',
    "verified" BOOLEAN NOT NULL,
    "price" DECIMAL(38,0) NOT NULL,
    "total_cost" DECIMAL(38,0) NOT NULL DEFAULT 0,
    "duration" INTEGER NOT NULL,
    "start_epoch" INTEGER,
    "end_epoch" INTEGER,
    "proposal_cid" TEXT,
    "chain_deal_id" BIGINT,
    "publish_cid" TEXT,
    "proposal" JSONB,
    "chain_deal" JSONB,
    "proposing_since" TIMESTAMPTZ(3),
    "active_epoch" INTEGER,
    "slash_epoch" INTEGER,
    "bytes_sent" BIGINT NOT NULL DEFAULT 0,
    "failure_phase" TEXT,
    "failure_reason" TEXT,
    "failure_message" TEXT,
    "renews" BIGINT,
    "check_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "deals_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "deal_moves" (
    "id" BIGSERIAL NOT NULL,
    "deal_id" BIGINT NOT NULL,
    "from" TEXT NOT NULL,
    "to" TEXT NOT NULL,
    "epoch" INTEGER,
    "cause" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "deal_moves_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "miners" (
    "address" TEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "peer_id" TEXT,
    "addresses" JSONB NOT NULL DEFAULT '[]',
    "http_url" TEXT,
    "owner" TEXT,
    "worker" TEXT,
    "version" TEXT,
    "suspended" BOOLEAN NOT NULL DEFAULT false,
    "suspended_reason" TEXT,
    "suspended_until" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "open_until" TIMESTAMPTZ(3),
    "success_score" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "success_weight" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "scored_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "miners_pkey" PRIMARY KEY ("address")
);

-- CreateTable
CREATE TABLE "miner_asks" (
    "id" BIGSERIAL NOT NULL,
    "miner" TEXT NOT NULL,
    "price" DECIMAL(38,0) NOT NULL,
    "verified_price" DECIMAL(38,0) NOT NULL,
    "min_piece_size" BIGINT NOT NULL,
    "max_piece_size" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "miner_asks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "retrievals" (
    "id" UUID NOT NULL,
    "root" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'requested',
    "live" BOOLEAN NOT NULL DEFAULT true,
    "source" TEXT,
    "miner" TEXT,
    "bytes" BIGINT NOT NULL DEFAULT 0,
    "blocks" INTEGER NOT NULL DEFAULT 0,
    "first_byte_ms" INTEGER,
    "duration_ms" INTEGER,
    "reasons" JSONB NOT NULL DEFAULT '[]',
    "lease_until" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "retrievals_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "retrieval_moves" (
    "id" BIGSERIAL NOT NULL,
    "retrieval_id" UUID NOT NULL,
    "from" TEXT NOT NULL,
    "to" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "retrieval_moves_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "measurements" (
    "id" BIGSERIAL NOT NULL,
    "event_id" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "miner" TEXT,
    "deal_id" BIGINT,
    "car_id" UUID,
    "cid" TEXT,
    "ok" BOOLEAN NOT NULL,
    "phase" TEXT,
    "reason" TEXT,
    "ms" INTEGER,
    "bytes" BIGINT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "measurements_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bandwidth_hours" (
    "hour" TIMESTAMPTZ(0) NOT NULL,
    "channel" TEXT NOT NULL,
    "direction" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "requests" INTEGER NOT NULL,

    CONSTRAINT "bandwidth_hours_pkey" PRIMARY KEY ("hour","channel","direction","subject","user_id")
);

-- CreateTable
CREATE TABLE "miner_days" (
    "miner" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "proposals" INTEGER NOT NULL DEFAULT 0,
    "accepted" INTEGER NOT NULL DEFAULT 0,
    "published" INTEGER NOT NULL DEFAULT 0,
    "active" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "slashed" INTEGER NOT NULL DEFAULT 0,
    "retrievals" INTEGER NOT NULL DEFAULT 0,
    "retrievals_failed" INTEGER NOT NULL DEFAULT 0,
    "bytes" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "miner_days_pkey" PRIMARY KEY ("miner","day")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" BIGSERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "processes" (
    "name" TEXT NOT NULL,
    "pid" INTEGER NOT NULL,
    "details" JSONB NOT NULL DEFAULT '{}',
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "beat_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "processes_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "settings" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "settings_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_username_key" ON "users"("username");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_token_hash_key" ON "api_keys"("token_hash");

-- CreateIndex
CREATE INDEX "api_keys_user_id_idx" ON "api_keys"("user_id");

-- CreateIndex
CREATE INDEX "cars_state_owner_idx" ON "cars"("state", "owner");

-- CreateIndex
CREATE UNIQUE INDEX "dags_root_key" ON "dags"("root");

-- CreateIndex
CREATE INDEX "runs_car_id_offset_idx" ON "runs"("car_id", "offset");

-- CreateIndex
CREATE INDEX "contents_user_id_id_idx" ON "contents"("user_id", "id" DESC);

-- CreateIndex
CREATE INDEX "contents_dag_id_idx" ON "contents"("dag_id");

-- CreateIndex
CREATE INDEX "content_moves_content_id_id_idx" ON "content_moves"("content_id", "id");

-- CreateIndex
CREATE INDEX "pins_status_lease_until_idx" ON "pins"("status", "lease_until");

-- CreateIndex
CREATE UNIQUE INDEX "pins_user_id_created_at_key" ON "pins"("user_id", "created_at");

-- CreateIndex
CREATE INDEX "pieces_state_check_at_idx" ON "pieces"("state", "check_at");

-- CreateIndex
CREATE INDEX "pieces_piece_cid_idx" ON "pieces"("piece_cid");

-- CreateIndex
CREATE UNIQUE INDEX "deals_proposal_cid_key" ON "deals"("proposal_cid");

-- CreateIndex
CREATE INDEX "deals_car_id_idx" ON "deals"("car_id");

-- CreateIndex
CREATE INDEX "deals_miner_id_idx" ON "deals"("miner", "id" DESC);

-- CreateIndex
CREATE INDEX "deals_live_check_at_idx" ON "deals"("live", "check_at");

-- CreateIndex
CREATE INDEX "deals_chain_deal_id_idx" ON "deals"("chain_deal_id");

-- CreateIndex
CREATE INDEX "deal_moves_deal_id_id_idx" ON "deal_moves"("deal_id", "id");

-- CreateIndex
CREATE INDEX "miner_asks_miner_id_idx" ON "miner_asks"("miner", "id" DESC);

-- CreateIndex
CREATE INDEX "retrievals_root_created_at_idx" ON "retrievals"("root", "created_at" DESC);

-- CreateIndex
CREATE INDEX "retrievals_state_lease_until_idx" ON "retrievals"("state", "lease_until");

-- CreateIndex
CREATE INDEX "retrieval_moves_retrieval_id_id_idx" ON "retrieval_moves"("retrieval_id", "id");

-- CreateIndex
CREATE INDEX "measurements_miner_kind_at_idx" ON "measurements"("miner", "kind", "at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "measurements_event_id_kind_key" ON "measurements"("event_id", "kind");

-- CreateIndex
CREATE INDEX "bandwidth_hours_user_id_hour_idx" ON "bandwidth_hours"("user_id", "hour");

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "runs" ADD CONSTRAINT "runs_dag_id_fkey" FOREIGN KEY ("dag_id") REFERENCES "dags"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "runs" ADD CONSTRAINT "runs_car_id_fkey" FOREIGN KEY ("car_id") REFERENCES "cars"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contents" ADD CONSTRAINT "contents_dag_id_fkey" FOREIGN KEY ("dag_id") REFERENCES "dags"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deals" ADD CONSTRAINT "deals_car_id_fkey" FOREIGN KEY ("car_id") REFERENCES "pieces"("car_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deal_moves" ADD CONSTRAINT "deal_moves_deal_id_fkey" FOREIGN KEY ("deal_id") REFERENCES "deals"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "miner_asks" ADD CONSTRAINT "miner_asks_miner_fkey" FOREIGN KEY ("miner") REFERENCES "miners"("address") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "retrieval_moves" ADD CONSTRAINT "retrieval_moves_retrieval_id_fkey" FOREIGN KEY ("retrieval_id") REFERENCES "retrievals"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma's schema language cannot say ---------------------------------

-- Never two live deals of one piece with one miner, never two in one slot.
CREATE UNIQUE INDEX "deals_live_car_id_miner_key" ON "deals" ("car_id", "miner") WHERE "live";
CREATE UNIQUE INDEX "deals_live_car_id_slot_key" ON "deals" ("car_id", "slot") WHERE "live";

-- However many ask for a DAG, one job brings it back.
CREATE UNIQUE INDEX "retrievals_live_root_key" ON "retrievals" ("root") WHERE "live";
