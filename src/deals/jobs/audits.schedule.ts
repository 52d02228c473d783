import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { Schedules } from '../../platform/queue/index.js';
import { AuditReservations } from '../verbs/audit-reservations.js';
import { AuditSealedDeals } from '../verbs/audit-sealed-deals.js';
import { ProposeDeal } from '../verbs/propose-deal.js';

const RESERVATIONS_EVERY_MS = 60_000;
const RELEASE_EVERY_MS = 30_000;

/** What is compared while all goes well: sealed deals with the chain, reservations with deals, deals with their pieces. */
@Injectable()
export class AuditsSchedule implements OnModuleInit {
  constructor(
    private readonly schedules: Schedules,
    private readonly auditSealedDeals: AuditSealedDeals,
    private readonly auditReservations: AuditReservations,
    private readonly proposeDeal: ProposeDeal,
    private readonly config: AppConfig,
  ) {}

  /** Three runs, each by itself; a run that fails is logged, and the next one comes. */
  onModuleInit(): void {
    const everyMs = this.config.values.DEALS_CHECK_SECONDS * 1000;
    this.schedules.every('deals.audit-sealed', everyMs, (signal) => this.auditSealedDeals.run(signal));
    this.schedules.every('deals.audit-reservations', RESERVATIONS_EVERY_MS, () => this.auditReservations.run());
    this.schedules.every('deals.release-unwanted', RELEASE_EVERY_MS, (signal) =>
      this.proposeDeal.releaseUnwanted(signal),
    );
  }
}
