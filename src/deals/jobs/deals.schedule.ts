import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { Schedules } from '../../platform/queue/index.js';
import { AuditReservations, AuditSealedDeals } from '../verbs/audit-deals.js';
import { PieceRegistry, PieceTerms } from '../verbs/piece-registry.js';
import { ProposeDeal } from '../verbs/propose-deal.js';
import { TrackDeals } from '../verbs/track-deals.js';
import { PieceJobs } from './deals.queues.js';

const FOLLOW_PRICE_EVERY_MS = 600_000;

/** The sweeps: they read rows and need nobody to remember anything. */
@Injectable()
export class DealsSchedule implements OnModuleInit {
  constructor(
    private readonly schedules: Schedules,
    private readonly pieceJobs: PieceJobs,
    private readonly pieceRegistry: PieceRegistry,
    private readonly pieceTerms: PieceTerms,
    private readonly trackDeals: TrackDeals,
    private readonly config: AppConfig,
  ) {}

  /** DEALS_CHECK_SECONDS after each run has ended; prices of the platform every ten minutes. */
  onModuleInit(): void {
    const everyMs = this.config.values.DEALS_CHECK_SECONDS * 1000;
    this.schedules.every('deals.sweep-pieces', everyMs, () => this.sweepPieces());
    this.schedules.every('deals.track', everyMs, (signal) => this.trackDeals.run(signal));
    this.schedules.every('deals.follow-platform-price', FOLLOW_PRICE_EVERY_MS, () =>
      this.pieceTerms.followPlatformPrice(),
    );
  }

  private async sweepPieces(): Promise<void> {
    const { commit, replicate } = await this.pieceRegistry.due();
    await this.pieceJobs.commit(...commit);
    await this.pieceJobs.replicate(...replicate);
  }
}

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
