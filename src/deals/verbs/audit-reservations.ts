import { Injectable } from '@nestjs/common';
import { AppLogger } from '../../platform/logging/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { DealReservations, type ReservationAudit } from '../store/deal-reservations.store.js';

/**
 * Compares what is booked as reserved with the deals themselves, while the platform runs. The two change in one
 * transaction, so a difference is a defect: it is shown, and nothing is repaired.
 */
@Injectable()
export class AuditReservations {
  constructor(
    private readonly reservations: DealReservations,
    private readonly metrics: Metrics,
    private readonly logger: AppLogger,
  ) {}

  /** What was found; the sums and the number of differences are metrics, the differences an error in the log. */
  async run(): Promise<ReservationAudit> {
    const audit = await this.reservations.audit();
    const { reserved, promised, faults } = audit;
    const gauge = (name: string, help: string, value: bigint | number) => this.metrics.gauge(name, help, Number(value));
    gauge('tidewater_deal_reserved_attofil', 'Reserved by deals that are not on chain yet', reserved.cost);
    gauge('tidewater_deal_reserved_datacap_bytes', 'DataCap reserved in the same way', reserved.dataCap);
    gauge('tidewater_deal_reservation_faults', 'Deals whose reservation is not what they cost (0)', faults.length);
    if (faults.length > 0 || reserved.cost !== promised.cost || reserved.dataCap !== promised.dataCap)
      this.logger.error(
        {
          reserved: { cost: reserved.cost.toString(), dataCap: reserved.dataCap.toString() },
          promised: { cost: promised.cost.toString(), dataCap: promised.dataCap.toString() },
          faults: faults.map(({ deal_id, fault }) => ({ dealId: deal_id.toString(), fault })),
        },
        'reservations of deals are not what the deals cost: a defect; nothing was changed',
      );
    return audit;
  }
}
