import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { z } from 'zod';

const remembered = z.record(z.string(), z.number().int().min(1).max(65_535));

/**
 * A file that keeps the port that a `tcp/0` address got between starts, so that the addresses which others know stay
 * true. A remembered port that somebody else took meanwhile is given up for a new one.
 */
export class ListenPorts {
  constructor(private readonly file: string) {}

  /** The addresses to listen on, with remembered ports filled in. */
  async recall(listen: string[]): Promise<string[]> {
    const ports = await this.read();
    return Promise.all(
      listen.map(async (address) => {
        const port = ports[address];
        return port !== undefined && (await isFree(hostIn(address), port))
          ? address.replace('/tcp/0', `/tcp/${port}`)
          : address;
      }),
    );
  }

  /**
   * Remembers what the `tcp/0` addresses became; other addresses are not written down. Replaces the file in place: one
   * that is torn by a crash counts as empty.
   */
  async remember(listen: string[], actual: string[]): Promise<void> {
    const ports: Record<string, number> = {};
    for (const address of listen.filter((candidate) => candidate.includes('/tcp/0'))) {
      const got = actual
        .map((text) => /\/tcp\/(\d+)/.exec(text)?.[1])
        .find((port) => port !== undefined && !Object.values(ports).includes(Number(port)));
      if (got !== undefined) ports[address] = Number(got);
    }
    await writeFile(this.file, `${JSON.stringify(ports, null, 2)}\n`);
  }

  private async read(): Promise<Record<string, number>> {
    const text = await readFile(this.file, 'utf8').catch(() => '{}');
    try {
      return remembered.parse(JSON.parse(text));
    } catch {
      return {};
    }
  }
}

function hostIn(address: string): string {
  return /^\/ip[46]\/([^/]+)/.exec(address)?.[1] ?? '127.0.0.1';
}

async function isFree(host: string, port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}
