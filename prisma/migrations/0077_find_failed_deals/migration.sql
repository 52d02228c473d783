-- The newest failures of all miners are found without reading the deals that went well.
CREATE INDEX "deals_failed_idx" ON "deals"("id" DESC) WHERE "state" IN ('failed', 'rejected', 'slashed');

-- How many deals are on chain, and how many are proven, is counted in this index alone.
CREATE INDEX "deals_on_chain_idx" ON "deals"("state", "chain_deal_id") WHERE "state" IN ('published', 'active', 'expiring');
