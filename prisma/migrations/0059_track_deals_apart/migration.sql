-- Deals on their way and sealed deals are looked at by sweeps of their own: neither reads past the other's rows.
CREATE INDEX "deals_in_transfer_idx" ON "deals"("next_check_at") WHERE "live" AND "state" IN ('proposed', 'accepted', 'transferring', 'published');
CREATE INDEX "deals_sealed_idx" ON "deals"("next_check_at") WHERE "live" AND "state" IN ('active', 'expiring');
CREATE INDEX "deals_queued_idx" ON "deals"("car_id") WHERE "live" AND "state" = 'queued';
DROP INDEX "deals_live_next_check_at_idx";
