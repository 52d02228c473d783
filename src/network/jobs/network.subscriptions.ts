import { Injectable, type OnModuleInit } from '@nestjs/common';
import { contentOffloaded, contentRestored, contentStored, dagGone } from '../../content/index.js';
import { EventSubscribers } from '../../platform/outbox/index.js';
import { HoldRoots } from '../verbs/hold-roots.js';
import { WithdrawRoots } from '../verbs/withdraw-roots.js';

/** Events say where to look; the verbs look at what is hot now, so their order does not matter. */
@Injectable()
export class NetworkSubscriptions implements OnModuleInit {
  constructor(
    private readonly subscribers: EventSubscribers,
    private readonly hold: HoldRoots,
    private readonly withdraw: WithdrawRoots,
  ) {}

  onModuleInit(): void {
    this.subscribers.subscribe(
      'network.hold-stored',
      contentStored,
      async ({ payload }) => void (await this.hold.run(payload.contents.map(({ cid }) => cid))),
    );
    this.subscribers.subscribe(
      'network.hold-restored',
      contentRestored,
      async ({ payload }) => void (await this.hold.run([payload.root])),
    );
    this.subscribers.subscribe(
      'network.withdraw-gone',
      dagGone,
      async ({ payload }) => void (await this.withdraw.run([payload.root])),
    );
    this.subscribers.subscribe(
      'network.withdraw-offloaded',
      contentOffloaded,
      async ({ payload }) => void (await this.withdraw.run([payload.root])),
    );
  }
}
