import { createWriteStream, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Api, ClientFailure } from './api.js';

/** Where a command writes: lines for people and programs, and one line that moves while something takes long. */
export interface Output {
  line(text: string): void;
  progress(text: string): void;
}

interface Content {
  id: number;
  cid: string;
  name: string;
  size: number;
  state: string;
  createdAt: string;
}
interface PinStatus {
  requestid: string;
  status: string;
  info: Record<string, string>;
  pin: { cid: string; name?: string };
}
interface ContentStatus {
  content: Content;
  deals: { deal: { miner: string; state?: string; dealId?: unknown } }[];
}

export const CLIENT_USAGE = `Commands for people with a key (TIDEWATER_URL, TIDEWATER_API_KEY; beside a platform: its own address and key):
  upload FILE [NAME]                a file; answers with its CID when the bytes are durable
  ls                                your newest contents: id, state, bytes, CID, name
  status ID|CID|REQUESTID           a content with its deals, or a pin
  get CID[/PATH] [FILE]             the bytes into FILE, which must not be there yet; default: the last part of the path
  pin CID [NAME]                    asks the platform to fetch and keep what the IPFS network has`;

/** By name. Each throws ClientFailure with what to do. */
export const clientCommands: Record<string, (api: Api, args: string[], output: Output) => Promise<void>> = {
  upload: async (api, [file, name], output) => {
    if (file === undefined) throw new ClientFailure('which file? upload FILE [NAME]');
    if (!existsSync(file) || !statSync(file).isFile()) throw new ClientFailure(`${file} is not a file`);
    const at = `/content/add?filename=${encodeURIComponent(name ?? path.basename(file))}`;
    const stored = await api.upload<{ cid: string; estuaryId: number }>(at, file, (sent, size) =>
      output.progress(`${shareOf(sent, size)} of ${size} bytes`),
    );
    output.line(`${stored.cid} is content ${stored.estuaryId}`);
  },

  ls: async (api, _args, output) => {
    const contents = await api.json<Content[]>('GET', '/content/contents?limit=100');
    if (contents.length === 0) output.line('nothing yet: upload FILE');
    for (const { id, state, size, cid, name } of contents) output.line([id, state, size, cid, name].join('\t'));
  },

  status: async (api, [what], output) => {
    if (what === undefined) throw new ClientFailure('of what? status ID|CID|REQUESTID');
    if (/^[0-9a-f]{8}-/i.test(what)) {
      const { status, info, pin } = await api.json<PinStatus>('GET', `/pinning/pins/${what}`);
      output.line(`${what}\t${status}\t${pin.cid}${info['status_details'] ? `\t${info['status_details']}` : ''}`);
      return;
    }
    const found = /^\d+$/.test(what)
      ? [await api.json<ContentStatus>('GET', `/content/status/${what}`)]
      : await api.json<ContentStatus[]>('GET', `/deals/by-cid/${encodeURIComponent(what)}`);
    if (found.length === 0) throw new ClientFailure(`you have no content with the CID ${what}`);
    for (const { content, deals } of found) {
      output.line(`${content.id}\t${content.state}\t${content.cid}\t${content.name}`);
      for (const { deal } of deals) output.line(`  ${deal.miner}\t${deal.state ?? ''}\t${String(deal.dealId ?? '')}`);
    }
  },

  get: async (api, [what, given], output) => {
    if (what === undefined) throw new ClientFailure('what? get CID[/PATH] [FILE]');
    const target = path.resolve(given ?? path.basename(what));
    if (existsSync(target)) throw new ClientFailure(`${target} is there already`);
    const { body, size } = await api.download(`/ipfs/${what.split('/').map(encodeURIComponent).join('/')}`);
    const part = `${target}.part`;
    let bytes = 0;
    const count = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        output.progress(size === null ? `${bytes} bytes` : `${shareOf(bytes, size)} of ${size} bytes`);
        done(null, chunk);
      },
    });
    try {
      await pipeline(Readable.from(body), count, createWriteStream(part));
    } catch (error) {
      rmSync(part, { force: true });
      throw new ClientFailure(`broken off after ${bytes} bytes; nothing is kept`, { cause: error });
    }
    renameSync(part, target);
    output.line(`${bytes} bytes in ${target}`);
  },

  pin: async (api, [cid, name], output) => {
    if (cid === undefined) throw new ClientFailure('what? pin CID [NAME]');
    const { requestid, status } = await api.json<PinStatus>('POST', '/pinning/pins', {
      cid,
      ...(name === undefined ? {} : { name }),
    });
    output.line(`${requestid}\t${status}`);
  },
};

function shareOf(done: number, all: number): string {
  return `${all === 0 ? 100 : Math.floor((done / all) * 100)} %`;
}
