import { ChainCallFailed } from '../../chain/index.js';
import { importCar, listImports } from './calls/client.calls.js';
import type { LotusClient } from './lotus-client.js';

/** The CARs that the node knows by their path: each is imported once, and found again after a restart. */
export class ImportedCars {
  private readonly imports = new Map<string, Promise<string>>();
  private listed: Promise<Map<string, string>> | undefined;

  constructor(private readonly client: LotusClient) {}

  /** @throws ChainCallFailed when the node finds another root in the file than we do. */
  async ensure(path: string, root: string, signal?: AbortSignal): Promise<void> {
    let known = this.imports.get(path);
    if (known === undefined) {
      // Without the caller's signal: others wait for the same import.
      known = this.findOrImport(path);
      this.imports.set(path, known);
      known.catch(() => this.imports.delete(path));
    }
    const imported = await untilAborted(known, signal);
    if (imported !== root) throw new ChainCallFailed(`the node found root ${imported} in the CAR of ${root}`);
  }

  /** The node may have lost it: the next proposal looks again. */
  forget(path: string): void {
    this.imports.delete(path);
    this.listed = undefined;
  }

  private async findOrImport(path: string): Promise<string> {
    this.listed ??= this.list();
    const known = (await this.listed).get(path);
    return known ?? (await importCar(this.client, path)).Root;
  }

  private async list(): Promise<Map<string, string>> {
    try {
      const imports = await listImports(this.client);
      return new Map(
        imports.flatMap(({ FilePath, Root, Err }) => (FilePath && Root && !Err ? [[FilePath, Root] as const] : [])),
      );
    } catch (error) {
      this.listed = undefined;
      throw error;
    }
  }
}

/** The work goes on for others; this caller stops waiting. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
