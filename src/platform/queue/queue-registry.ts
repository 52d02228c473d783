import { Injectable } from '@nestjs/common';
import type { Queue } from 'bullmq';
import type { Handlers, Jobs, QueueDefinition } from './define-queue.js';

/** Every queue of this process. Admin pages, metrics and the boot check are driven by it, never by a hand-kept list. */
@Injectable()
export class QueueRegistry {
  private readonly queues = new Map<string, { definition: QueueDefinition; queue: Queue }>();
  private readonly handled = new Map<string, string[]>();

  /** May be repeated with the same definition. @throws Error when another definition has the name. */
  add(definition: QueueDefinition, queue: Queue): void {
    const known = this.queues.get(definition.name);
    if (known && known.definition !== definition) throw new Error(`two queues are called ${definition.name}`);
    this.queues.set(definition.name, { definition, queue });
  }

  /** In the order in which they were added. */
  all(): { definition: QueueDefinition; queue: Queue }[] {
    return [...this.queues.values()];
  }

  /** A processor says what it handles, so that boot can refuse a job with no handler or two. */
  handles<J extends Jobs>(queue: QueueDefinition<J>, handlers: Handlers<J>): void {
    for (const name of Object.keys(handlers)) {
      const id = `${queue.name}.${name}`;
      this.handled.set(id, [...(this.handled.get(id) ?? []), id]);
    }
  }

  /** @throws naming every job of a registered queue that does not have exactly one handler. */
  assertHandled(): void {
    const faults = this.all().flatMap(({ definition }) =>
      Object.keys(definition.jobs)
        .map((name) => `${definition.name}.${name}`)
        .filter((id) => this.handled.get(id)?.length !== 1)
        .map((id) => `${id} has ${this.handled.get(id)?.length ?? 0} handlers`),
    );
    if (faults.length > 0) throw new Error(`every job needs exactly one handler: ${faults.join('; ')}`);
  }
}
