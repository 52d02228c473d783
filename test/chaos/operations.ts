import { CarReader } from '@ipld/car';
import { blockKey, hashMatches, linksOf } from '../../src/ipld/index.js';
import { buildDag, carOf } from '../../src/retrieval/testing/dag-builder.js';
import { slowBody, type Answer, type Client } from './client.js';
import type { Log } from './log.js';
import type { ExpectedContent, ExpectedPin, Model } from './model.js';
import { unknownRoot, type Peer } from './peer.js';
import type { Account, Operation, PinSource } from './plan.js';
import { bytesOf, type Recipe } from './random.js';

type Of<What extends Operation['what']> = Extract<Operation, { what: What }>;

/** Below this many stored contents deletions wait: a platform with little in it shows little. */
const LEAST_STORED = 60;
/** So many of the newest count as new: they lie in the open segment, and compaction gets work. */
const NEWEST = 6;
const TERMINAL_REFUSALS = (status: number): boolean =>
  status >= 400 && status < 500 && status !== 408 && status !== 499;

/** Does what the plan says, and tells the model what was asked and what was answered. */
export class Operations {
  private readonly clients: Record<Account, Client>;
  private readonly admin: Client;
  private readonly devnet: () => string;
  private readonly anybody: Client;
  private readonly model: Model;
  private readonly peer: Peer;
  private readonly log: Log;
  /** Contents that were seen offloaded when they were listed last. */
  offloaded: readonly string[] = [];
  miners: readonly string[] = [];

  constructor(
    platform: { clients: Record<Account, Client>; admin: Client; anybody: Client; devnet: () => string },
    model: Model,
    peer: Peer,
    log: Log,
  ) {
    this.clients = platform.clients;
    this.admin = platform.admin;
    this.anybody = platform.anybody;
    this.devnet = platform.devnet;
    this.model = model;
    this.peer = peer;
    this.log = log;
  }

  /** Never rejects for what the platform does: that is told to the model. */
  async run(operation: Operation): Promise<void> {
    const begun = Date.now();
    const said = await this.dispatch(operation);
    this.log.write(operation.what, { ...said, tookMs: Date.now() - begun });
  }

  private dispatch(operation: Operation): Promise<object> {
    switch (operation.what) {
      case 'upload':
        return this.upload(operation);
      case 'delete':
        return this.delete(operation);
      case 'offload':
        return this.offload(operation);
      case 'read':
        return this.read(operation);
      case 'pin':
        return this.pin(operation);
      case 'replace-pin':
        return this.replacePin(operation);
      case 'remove-pin':
        return this.removePin(operation);
      case 'miner-trouble':
        return this.minerTrouble(operation);
    }
  }

  private async upload({ by, name, recipe: own, as, sending, again }: Of<'upload'>): Promise<object> {
    const same = again && pickOf(this.candidates(again.of), again.pick);
    const recipe = same?.recipe ?? own;
    const bytes = bytesOf(recipe);
    const content = this.model.sendUpload(name, by, recipe);
    const answer = await this.send(this.clients[by], { name, bytes, as, sending });
    const said = {
      name,
      by,
      size: recipe.size,
      as,
      sending,
      again: same?.name,
      status: answer.status,
      reason: answer.reason,
    };
    if (answer.status === 200) {
      const { cid, estuaryId } = JSON.parse(answer.body.toString()) as { cid: string; estuaryId: number };
      Object.assign(content, { state: 'stored', cid, id: estuaryId });
      if (sending === 'broken') this.model.report('unexpected', `${name} was broken off and acknowledged`);
      return { ...said, cid, id: estuaryId };
    }
    if (sending === 'broken' || TERMINAL_REFUSALS(answer.status)) content.state = 'never';
    this.noteFault(answer, `upload ${name}`);
    return said;
  }

  private async send(
    client: Client,
    { name, bytes, as, sending }: { name: string; bytes: Buffer } & Pick<Of<'upload'>, 'as' | 'sending'>,
  ): Promise<Answer> {
    const query = `?filename=${encodeURIComponent(name)}`;
    if (as === 'form' && sending !== 'broken') {
      const form = new FormData();
      form.append('data', new Blob([new Uint8Array(bytes)]), name);
      return client.ask('POST', '/content/add', { body: form });
    }
    const body = as === 'car' ? await carBytes(bytes) : bytes;
    const [method, route, type] =
      as === 'car'
        ? (['POST', `/content/add-car${query}`, 'application/vnd.ipld.car'] as const)
        : (['PUT', `/content/add${query}`, 'application/octet-stream'] as const);
    const headers = { 'content-type': type };
    if (sending === 'fast') return client.ask(method, route, { body, headers });
    return client.ask(method, route, {
      body: slowBody(body, 150, sending === 'broken'),
      headers,
    });
  }

  private async delete({ pick, newest }: Of<'delete'>): Promise<object> {
    const stored = this.model.stored();
    if (!newest && stored.length < LEAST_STORED) return { skipped: true };
    const content = pickOf(newest ? stored.slice(-NEWEST) : stored, pick);
    if (!content) return { skipped: true };
    content.state = 'deleting';
    const answer = await this.clients[content.by].ask('DELETE', `/content/${content.id}`);
    if (answer.status === 200) content.state = 'deleted';
    else if (answer.status === 404 || answer.status === 410)
      this.model.report('lost', `${content.name} was to be deleted and is not known: ${answer.reason}`);
    else if (TERMINAL_REFUSALS(answer.status)) content.state = 'stored';
    this.noteFault(answer, `delete ${content.name}`);
    return { name: content.name, id: content.id, status: answer.status, reason: answer.reason };
  }

  /** Refused while its deals are not active yet: that is fine. */
  private async offload({ pick }: Of<'offload'>): Promise<object> {
    const listed = await this.admin.ask('GET', '/admin/cm/offload/candidates', { timeoutMs: 5_000 });
    if (listed.status !== 200) return { skipped: true, status: listed.status };
    const candidates = JSON.parse(listed.body.toString()) as { id: number | string }[];
    const chosen = pickOf(candidates, pick);
    if (!chosen) return { skipped: true };
    const answer = await this.admin.ask('POST', `/admin/cm/offload/${chosen.id}`);
    this.noteFault(answer, `offload ${chosen.id}`);
    return { id: chosen.id, status: answer.status, reason: answer.reason };
  }

  private async read({ pick, how, from, share }: Of<'read'>): Promise<object> {
    const content = pickOf(this.model.stored(), pick);
    if (!content?.cid) return { skipped: true };
    const { size } = content.recipe;
    const start = Math.min(size - 1, Math.floor(from * size));
    const end = Math.min(size - 1, start + Math.floor(share * Math.min(size - start, 300_000)));
    const outcome =
      how === 'car'
        ? await readCar(this.anybody, content)
        : await readBytes(this.anybody, content, how === 'range' ? { start, end } : null);
    this.judge(content, outcome);
    return { name: content.name, cid: content.cid, how, size, ...outcome };
  }

  /** What is owed, and was owed all the time, has to be there; that it cannot be had just now is no loss. */
  private judge(content: ExpectedContent, { status, reason, wrong }: ReadOutcome): void {
    if (wrong !== null) this.model.report('wrong-bytes', `${content.name} (${content.cid}): ${wrong}`);
    if ((status === 404 || status === 410) && content.state === 'stored')
      this.model.report('lost', `${content.name} (${content.cid}) was acknowledged; reading it: ${status} ${reason}`);
  }

  private async pin({ by, name, of, target: pick, recipe }: Of<'pin'>): Promise<object> {
    const target = await this.target(of, pick, recipe);
    if (!target) return { skipped: true };
    const pin = this.model.sendPin({ name, by, of, ...target, replaces: null });
    const answer = await this.ask(by, 'POST', '/pinning/pins', this.bodyOf(pin));
    return this.pinAnswered(pin, answer);
  }

  private async replacePin({ pick, name, of, target: other, recipe }: Of<'replace-pin'>): Promise<object> {
    const old = pickOf(this.model.acceptedPins(), pick);
    const target = old && (await this.target(of, other, recipe));
    if (!old || !target || old.state !== 'accepted') return { skipped: true };
    const pin = this.model.sendPin({ name, by: old.by, of, ...target, replaces: old.name });
    const answer = await this.ask(old.by, 'POST', `/pinning/pins/${old.requestId}`, this.bodyOf(pin));
    return { replaces: old.name, ...this.pinAnswered(pin, answer) };
  }

  private pinAnswered(pin: ExpectedPin, answer: Answer): object {
    if (answer.status === 202)
      this.model.pinAccepted(pin, (JSON.parse(answer.body.toString()) as { requestid: string }).requestid);
    else if (TERMINAL_REFUSALS(answer.status)) pin.state = 'never';
    this.noteFault(answer, `pin ${pin.name}`);
    const { name, by, of, cid, requestId } = pin;
    return { name, by, of, cid, requestId, status: answer.status, reason: answer.reason };
  }

  private async removePin({ pick }: Of<'remove-pin'>): Promise<object> {
    const replaced = new Set(
      [...this.model.pins.values()].flatMap(({ state, replaces }) => (state === 'sent' ? [replaces] : [])),
    );
    const pin = pickOf(
      this.model.acceptedPins().filter(({ name }) => !replaced.has(name)),
      pick,
    );
    if (!pin) return { skipped: true };
    pin.state = 'removing';
    const answer = await this.ask(pin.by, 'DELETE', `/pinning/pins/${pin.requestId}`);
    if (answer.status === 202) pin.state = 'removed';
    else if (answer.status === 404)
      this.model.report('lost-pin', `the pin ${pin.name} was to be removed and is not known`);
    else if (TERMINAL_REFUSALS(answer.status)) pin.state = 'accepted';
    this.noteFault(answer, `remove pin ${pin.name}`);
    return { name: pin.name, requestId: pin.requestId, status: answer.status, reason: answer.reason };
  }

  /** One of the simulated miners misbehaves for a while. */
  private async minerTrouble({ pick, fault, epochs }: Of<'miner-trouble'>): Promise<object> {
    const miner = pickOf(this.miners, pick);
    if (miner === undefined) return { skipped: true };
    const status = await fetch(`${this.devnet()}/admin/faults`, {
      method: 'POST',
      body: JSON.stringify({ miner, fault, epochs }),
      signal: AbortSignal.timeout(5_000),
    }).then(
      (answer) => answer.status,
      () => 0,
    );
    return { miner, fault, epochs, status };
  }

  private candidates(of: 'stored' | 'offloaded' | 'deleted'): readonly ExpectedContent[] {
    if (of === 'deleted') return [...this.model.contents.values()].filter(({ state }) => state === 'deleted');
    const stored = this.model.stored();
    return of === 'stored' ? stored : stored.filter(({ name }) => this.offloaded.includes(name));
  }

  private async target(
    of: PinSource,
    pick: number,
    recipe: Recipe,
  ): Promise<{ cid: string; recipe: Recipe | null } | null> {
    if (of === 'peer') return { cid: await this.peer.add(recipe), recipe };
    if (of === 'nobody') return { cid: await unknownRoot(recipe), recipe: null };
    const content = pickOf(this.candidates(of), pick);
    return content?.cid ? { cid: content.cid, recipe: content.recipe } : null;
  }

  private bodyOf({ cid, name, of }: ExpectedPin): object {
    return { cid, name, ...(of === 'peer' ? { origins: this.peer.addresses } : {}) };
  }

  private ask(by: Account, method: string, route: string, body?: object): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    return this.clients[by].ask(method, route, body ? { body: JSON.stringify(body), headers } : {});
  }

  /** An unnamed failure is a fault of the platform even while half of it is dead: counted, and shown in the result. */
  private noteFault({ status, reason }: Answer, what: string): void {
    if (status === 500) this.log.write('answer-500', { what, reason });
  }
}

interface ReadOutcome {
  status: number;
  reason: string;
  /** In words, when the bytes are not those that were stored. */
  wrong: string | null;
}

/** `range`: first and last byte. */
export async function readBytes(
  client: Client,
  { cid, recipe }: Pick<ExpectedContent, 'cid' | 'recipe'>,
  range: { start: number; end: number } | null,
): Promise<ReadOutcome> {
  const headers: Record<string, string> = range ? { range: `bytes=${range.start}-${range.end}` } : {};
  const { status, reason, body } = await client.ask('GET', `/ipfs/${cid}`, { headers });
  if (status !== 200 && status !== 206) return { status, reason, wrong: null };
  const all = bytesOf(recipe);
  const expected = status === 206 && range ? all.subarray(range.start, range.end + 1) : all;
  const wrong = body.equals(expected) ? null : `${body.length} bytes, ${expected.length} expected, not the same`;
  return { status, reason, wrong };
}

/** Every block is what its CID says, and none is missing. */
async function readCar(client: Client, { cid }: ExpectedContent): Promise<ReadOutcome> {
  const { status, reason, body } = await client.ask('GET', `/ipfs/${cid}?format=car`);
  if (status !== 200) return { status, reason, wrong: null };
  try {
    const car = await CarReader.fromBytes(body);
    const [root] = await car.getRoots();
    if (root?.toString() !== cid) return { status, reason, wrong: `the CAR is of ${root?.toString()}` };
    const [seen, wanted] = [new Set<string>(), new Set<string>([blockKey(root)])];
    for await (const { cid: block, bytes } of car.blocks()) {
      if (!hashMatches(block, bytes))
        return { status, reason, wrong: `block ${block.toString()} is not what its CID says` };
      seen.add(blockKey(block));
      for (const link of linksOf(block, bytes)) wanted.add(blockKey(link));
    }
    const missing = [...wanted].filter((key) => !seen.has(key)).length;
    return { status, reason, wrong: missing > 0 ? `${missing} blocks are missing in the CAR` : null };
  } catch (error) {
    return { status, reason, wrong: `no CAR: ${(error as Error).message}` };
  }
}

async function carBytes(bytes: Buffer): Promise<Uint8Array> {
  const { root, blocks } = await buildDag(bytes, { chunkBytes: 256 * 1024, width: 174 });
  return carOf(root, blocks);
}

function pickOf<T>(items: readonly T[], pick: number): T | undefined {
  return items[Math.floor(pick * items.length)];
}
