import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from './client.js';
import { compare, type Comparison } from './compare.js';
import { fileDifferences } from './files.js';
import type { Rows } from './invariants.js';
import type { Log } from './log.js';
import type { Difference, Model, Observed } from './model.js';
import { readBytes } from './operations.js';
import { ACCOUNTS, type Account } from './plan.js';
import { bytesOf, Random } from './random.js';

/** What is looked at together with what happens meanwhile may differ for a moment: it is looked at again for so long. */
const PATIENCE_MS = { round: 10_000, settled: 180_000, final: 420_000 } as const;
const PAUSE_MS = 500;
/** Contents that are read back after every round; after some rounds, all of them. */
const SAMPLE = 3;
const READERS = 6;
const READ_TRIES = 4;

/** Asks the platform what it has, and compares it with what it owes. */
export class Checks {
  private readonly clients: Record<Account, Client>;
  private readonly anybody: Client;
  private readonly model: Model;
  private readonly rows: Rows;
  private readonly dataFolder: string;
  private readonly devnet: () => string;
  private readonly log: Log;
  observed: Observed | null = null;

  constructor(
    platform: {
      clients: Record<Account, Client>;
      anybody: Client;
      rows: Rows;
      dataFolder: string;
      devnet: () => string;
    },
    model: Model,
    log: Log,
  ) {
    this.clients = platform.clients;
    this.anybody = platform.anybody;
    this.rows = platform.rows;
    this.dataFolder = platform.dataFolder;
    this.devnet = platform.devnet;
    this.model = model;
    this.log = log;
  }

  /** After each round: what the accounts see, what holds at any moment, a few contents byte for byte. */
  async afterRound(round: number, seed: string): Promise<Difference[]> {
    const found = this.model.takeFound();
    found.push(...(await this.steady({ round, at: 'round' })));
    const random = new Random(seed, `sample ${round}`);
    const stored = this.model.stored();
    const sample = Array.from({ length: Math.min(SAMPLE, stored.length) }, () => random.oneOf(stored));
    found.push(...(await this.readBack(sample.map(({ name }) => name))));
    return found;
  }

  /**
   * All that can be known: nothing is under way any more, every byte is read. First as the platform runs, then after
   * `restart`: the sweeps of a start find files that a crash left behind.
   */
  async whole(round: number, at: 'settled' | 'final', restart: () => Promise<void>): Promise<Difference[]> {
    const found = this.model.takeFound();
    found.push(...(await this.steady({ round, at }, false)));
    if (found.length > 0) return found;
    await restart();
    found.push(...(await this.steady({ round, at }, true)));
    found.push(...(await this.readBack(this.model.stored().map(({ name }) => name))));
    found.push(...(await this.readPins()));
    found.push(...(await this.readDeleted()));
    found.push(...(await this.quotaIsExact(round)));
    return found;
  }

  /** The differences that do not go away. */
  private async steady(comparison: Comparison, files = false): Promise<Difference[]> {
    const deadline = performance.now() + PATIENCE_MS[comparison.at];
    for (;;) {
      const found = await this.look(comparison, files).catch((error: unknown): Difference[] => [
        { kind: 'no-answer', detail: (error as Error).message },
      ]);
      if (found.length === 0 || performance.now() > deadline) return found;
      this.log.write('looked-again', { at: comparison.at, found: found.slice(0, 4) });
      await sleep(PAUSE_MS);
    }
  }

  private async look(comparison: Comparison, files: boolean): Promise<Difference[]> {
    const views = await Promise.all(ACCOUNTS.map((account) => this.clients[account].view()));
    const observed = Object.fromEntries(ACCOUNTS.map((account, at) => [account, views[at]])) as unknown as Observed;
    this.observed = observed;
    const found = compare(this.model, observed, comparison);
    const settled = comparison.at !== 'round';
    found.push(...(await this.rows.differences(comparison.at)));
    if (files) found.push(...(await fileDifferences(this.dataFolder, this.rows)));
    if (settled) found.push(...(await this.unknownDeals()));
    return found;
  }

  private async readBack(names: readonly string[]): Promise<Difference[]> {
    return this.eachOf(names, async (name) => {
      const content = this.model.contents.get(name);
      if (!content || content.state !== 'stored') return null;
      return this.readOne(`${name} (${content.cid})`, content);
    });
  }

  /** What a pin brought is there as well. */
  private async readPins(): Promise<Difference[]> {
    const pinned = new Set(
      Object.values(this.observed ?? {}).flatMap(({ pins }) =>
        pins.flatMap(({ name, status }) => (status === 'pinned' ? [name] : [])),
      ),
    );
    const names = this.model.acceptedPins().flatMap(({ name }) => (pinned.has(name) ? [name] : []));
    return this.eachOf(names, async (name) => {
      const pin = this.model.pins.get(name);
      return pin?.recipe ? this.readOne(`pin ${name} (${pin.cid})`, { cid: pin.cid, recipe: pin.recipe }) : null;
    });
  }

  private async readOne(what: string, content: Parameters<typeof readBytes>[1]): Promise<Difference | null> {
    for (let tries = 1; ; tries += 1) {
      const { status, reason, wrong } = await readBytes(this.anybody, content, null);
      if (wrong !== null) return { kind: 'wrong-bytes', detail: `${what}: ${wrong}` };
      if (status === 200) return null;
      if (tries === READ_TRIES) return { kind: 'lost', detail: `${what} cannot be read: ${status} ${reason}` };
      await sleep(PAUSE_MS * tries);
    }
  }

  /** Nobody has them any more: their owner is told so, and their bytes are not served. */
  private async readDeleted(): Promise<Difference[]> {
    const deleted = [...this.model.contents.values()].filter(({ state }) => state === 'deleted').slice(-30);
    return this.eachOf(
      deleted.map(({ name }) => name),
      async (name) => {
        const content = this.model.contents.get(name);
        if (!content?.cid) return null;
        const own = await this.clients[content.by].ask('GET', `/content/${content.id}`);
        if (own.status !== 404 && own.status !== 410)
          return { kind: 'revived', detail: `${name} was deleted; its owner is answered ${own.status}` };
        if (this.model.mayBeHeld(content.cid)) return null;
        const bytes = await this.anybody.ask('GET', `/ipfs/${content.cid}`);
        if (bytes.status === 404 || bytes.status === 410) return null;
        return { kind: 'revived', detail: `${name} (${content.cid}) was deleted and is served: ${bytes.status}` };
      },
    );
  }

  /** The account with a quota gets what is left of it, and not a byte more: nothing is counted that is not stored. */
  private async quotaIsExact(round: number): Promise<Difference[]> {
    const view = await this.clients.bob.view();
    if (view.bytesQuota === null) return [];
    const left = view.bytesQuota - view.usage.bytes;
    const over = Buffer.alloc(Math.min(left + 1, 64 * 1024 ** 2), `over ${round}`);
    if (over.length === left + 1) {
      const refused = await this.clients.bob.ask('PUT', `/content/add?filename=over-${round}`, { body: over });
      if (refused.status !== 403)
        return [{ kind: 'over-quota', detail: `${over.length} bytes with ${left} left: ${refused.status}` }];
    }
    if (left < 1) return [];
    const recipe = { seed: `fits ${round}`, size: Math.min(left, 2_000) };
    const content = this.model.sendUpload(`fits-${round}`, 'bob', recipe);
    const fits = await this.clients.bob.ask('PUT', `/content/add?filename=fits-${round}`, { body: bytesOf(recipe) });
    if (fits.status === 200) {
      const { cid, estuaryId } = JSON.parse(fits.body.toString()) as { cid: string; estuaryId: number };
      Object.assign(content, { state: 'stored', cid, id: estuaryId });
      return [];
    }
    return [
      { kind: 'leaked-reservation', detail: `${recipe.size} bytes with ${left} left: ${fits.status} ${fits.reason}` },
    ];
  }

  /** Deals on the simulated chain that no row of ours knows: money that nobody counts. */
  private async unknownDeals(): Promise<Difference[]> {
    const answer = await fetch(`${this.devnet()}/admin/state`, { signal: AbortSignal.timeout(10_000) });
    const { deals } = (await answer.json()) as { deals: { proposalCid: string; over: boolean; miner: string }[] };
    const known = await this.rows.query<{ proposal_cid: string }>(
      'SELECT proposal_cid FROM deals WHERE proposal_cid IS NOT NULL',
    );
    const ours = new Set(known.map(({ proposal_cid }) => proposal_cid));
    return deals
      .filter(({ over, proposalCid }) => !over && !ours.has(proposalCid))
      .map(({ proposalCid, miner }) => ({
        kind: 'unknown-deal',
        detail: `${proposalCid} with ${miner} runs, and no row knows it`,
      }));
  }

  private async eachOf(
    names: readonly string[],
    check: (name: string) => Promise<Difference | null>,
  ): Promise<Difference[]> {
    const found: Difference[] = [];
    const waiting = [...new Set(names)];
    const work = async (): Promise<void> => {
      for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
        const difference = await check(name);
        if (difference) found.push(difference);
      }
    };
    await Promise.all(Array.from({ length: READERS }, work));
    return found;
  }
}
