import { createHash } from 'node:crypto';
import { CarWriter } from '@ipld/car';
import * as dagPb from '@ipld/dag-pb';
import { UnixFS } from 'ipfs-unixfs';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import type { ContentNode, TestUser } from './content-app.js';

export interface UploadAnswer {
  cid: string;
  estuaryId: number;
  retrieval_url: string;
  estuary_retrieval_url: string;
  providers: string[];
  contents?: UploadAnswer[];
}

export interface Answer<T> {
  status: number;
  body: T & { error?: { code: number; reason: string; details: string; context?: Record<string, unknown> } };
}

/** Requests of a test, by one user of one node. */
export class Client {
  constructor(
    private readonly node: ContentNode,
    private readonly user: TestUser,
  ) {}

  async call<T>(
    method: string,
    path: string,
    body?: FormData | Uint8Array,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const response = await fetch(`${this.node.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.user.key}`, ...headers },
      ...(body === undefined ? {} : { body: body as FormData }),
    });
    return { status: response.status, body: (await response.json()) as Answer<T>['body'] };
  }

  put(
    bytes: Uint8Array,
    query = '',
    headers: Record<string, string> = { 'content-type': 'application/octet-stream' },
  ): Promise<Answer<UploadAnswer>> {
    return this.call('PUT', `/content/add${query}`, bytes, headers);
  }

  addCar(car: Uint8Array, query = ''): Promise<Answer<UploadAnswer>> {
    return this.call('POST', `/content/add-car${query}`, car, { 'content-type': 'application/vnd.ipld.car' });
  }

  get<T>(path: string): Promise<Answer<T>> {
    return this.call('GET', path);
  }

  delete(id: number): Promise<Answer<{ id: string; freedBytes: number; pendingBytes: number }>> {
    return this.call('DELETE', `/content/${id}`);
  }
}

/** A file whose node says of its leaves what it likes. */
export function fileNode(
  leaves: readonly { cid: CID; bytes: Uint8Array }[],
  blockSizes: bigint[],
): { cid: CID; bytes: Uint8Array } {
  const bytes = dagPb.encode({
    Data: new UnixFS({ type: 'file', blockSizes }).marshal(),
    Links: leaves.map(({ cid, bytes: { length } }) => ({ Name: '', Hash: cid, Tsize: length })),
  });
  return { bytes, cid: CID.createV1(dagPb.code, Digest.create(0x12, createHash('sha256').update(bytes).digest())) };
}

/** A CAR with these blocks, in this order. */
export async function carOf(
  roots: Parameters<typeof CarWriter.create>[0],
  blocks: { cid: CID; bytes: Uint8Array }[],
): Promise<Uint8Array> {
  const { writer, out } = CarWriter.create(roots as never);
  const parts: Uint8Array[] = [];
  const done = (async () => {
    for await (const part of out) parts.push(part);
  })();
  for (const block of blocks) await writer.put(block);
  await writer.close();
  await done;
  return Buffer.concat(parts);
}
