import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { carGone, carSealed, MarkCommitted } from '../../content/index.js';
import { EventSubscribers } from '../../platform/outbox/index.js';
import { RoomQueue, roomQueueToken } from '../../platform/queue/index.js';
import { carId } from '../../shared/index.js';
import { dealMoved, pieceCommitted } from '../domain/deals.events.js';
import { RegisterPiece } from '../verbs/register-piece.js';
import { RetirePiece } from '../verbs/retire-piece.js';
import { dealsQueue, piecesQueue } from './deals.queues.js';

const LOST: ReadonlySet<string> = new Set(['failed', 'rejected', 'slashed', 'expiring', 'ended']);

/** What this room does when something happens. All of it would happen without these too, one sweep later. */
@Injectable()
export class DealsWiring implements OnModuleInit {
  constructor(
    private readonly events: EventSubscribers,
    @Inject(roomQueueToken(piecesQueue)) private readonly commits: RoomQueue<typeof piecesQueue.jobs>,
    @Inject(roomQueueToken(dealsQueue)) private readonly replications: RoomQueue<typeof dealsQueue.jobs>,
    private readonly register: RegisterPiece,
    private readonly retire: RetirePiece,
    private readonly markCommitted: MarkCommitted,
  ) {}

  onModuleInit(): void {
    this.events.subscribe('deals.register-piece', carSealed, async ({ id, payload }) => {
      await this.register.run(payload);
      await this.commits.add('commit', { carId: payload.carId, due: `event${id}` });
    });
    this.events.subscribe('deals.retire-piece', carGone, ({ payload }) => this.retire.run(carId(payload.carId)));
    this.events.subscribe('deals.replicate-committed', pieceCommitted, async ({ id, payload }) => {
      await this.markCommitted.run(carId(payload.carId));
      await this.replications.add('replicate', { carId: payload.carId, due: `event${id}` });
    });
    this.events.subscribe('deals.replace-lost', dealMoved, async ({ id, payload }) => {
      if (LOST.has(payload.to)) await this.replications.add('replicate', { carId: payload.carId, due: `event${id}` });
    });
  }
}
