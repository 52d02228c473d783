import { BlockMap } from '../../../src/network/testing/block-map.js';
import type { CID } from 'multiformats/cid';
import type { KuboNode } from './kubo-node.mjs';

const AT_ONCE = 16;

/** Blocks that a test puts into memory are put into a Kubo, too, before anybody asks for them. */
export class RemoteKubo extends BlockMap {
  private readonly waiting: { cid: CID; bytes: Uint8Array }[] = [];

  private constructor(private readonly url: string) {
    super();
  }

  static async of(node: KuboNode): Promise<RemoteKubo> {
    return new RemoteKubo(await node.rpcUrl());
  }

  override put(cid: CID, bytes: Uint8Array): CID {
    this.waiting.push({ cid, bytes });
    return super.put(cid, bytes);
  }

  async flush(): Promise<void> {
    const work = this.waiting.splice(0);
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let next = work.pop(); next; next = work.pop()) await this.store(next.cid, next.bytes);
      }),
    );
  }

  private async store(cid: CID, bytes: Uint8Array): Promise<void> {
    const form = new FormData();
    form.append('file', new Blob([Uint8Array.from(bytes)]));
    const codec = `0x${cid.code.toString(16)}`;
    const answer = await fetch(
      `${this.url}/api/v0/block/put?cid-codec=${NAMES.get(cid.code) ?? codec}&mhtype=sha2-256`,
      { method: 'POST', body: form },
    );
    if (!answer.ok) throw new Error(`block/put: ${await answer.text()}`);
    const { Key } = (await answer.json()) as { Key: string };
    if (Key !== cid.toString()) throw new Error(`block/put made ${Key} of ${cid.toString()}`);
  }
}

const NAMES = new Map([
  [0x55, 'raw'],
  [0x70, 'dag-pb'],
  [0x71, 'dag-cbor'],
  [0x0129, 'dag-json'],
  [0x78, 'git-raw'],
]);
