import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Metrics } from '../../platform/metrics/index.js';
import { Clock } from '../../shared/index.js';
import { AnnouncementList } from '../ports/announcement-list.port.js';
import { DelegateBoard } from '../ports/delegate-board.port.js';

/** Announcements by state, those that fail, and how late the most overdue one is; peers of our node. */
@Injectable()
export class NetworkGauges implements OnModuleInit {
  constructor(
    private readonly list: AnnouncementList,
    private readonly board: DelegateBoard,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.onScrape(async () => {
      const { byState, failing, oldestOverdue } = await this.list.figures();
      for (const [state, count] of Object.entries(byState))
        this.metrics.gauge(
          'tidewater_provider_records',
          'Roots that our IPFS node holds and announces, by state',
          count,
          {
            state,
          },
        );
      this.metrics.gauge(
        'tidewater_provider_records_failing',
        'Roots whose last announcement failed (not counted beyond 10,000)',
        failing,
      );
      const late = oldestOverdue ? this.clock.now().getTime() - oldestOverdue.dueAt.getTime() : 0;
      this.metrics.gauge('tidewater_provide_overdue_seconds', 'How late the most overdue announcement is', late / 1000);
    });
    // From the board, not from the node: one that hangs must not hold up a scrape.
    this.metrics.onScrape(async () =>
      this.metrics.gauge(
        'tidewater_ipfs_peers',
        'Peers that our IPFS node was connected to when it was seen last',
        (await this.board.nodes())[0]?.peers ?? 0,
      ),
    );
  }
}
