import { HotRoots, type HotRootsPage } from '../../storage/index.js';

/** What is hot, as a test says; passes the same contract as storage's own. */
export class InMemoryHotRoots extends HotRoots {
  private readonly sizes = new Map<string, number>();

  add(root: string, bytes = 1): void {
    this.sizes.set(root, bytes);
  }

  delete(root: string): void {
    this.sizes.delete(root);
  }

  clear(): void {
    this.sizes.clear();
  }

  async among(roots: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return new Map(roots.flatMap((root) => (this.sizes.has(root) ? [[root, this.sizes.get(root) ?? 0]] : [])));
  }

  async page(after: bigint, limit: number): Promise<HotRootsPage> {
    const roots = [...this.sizes.keys()].slice(Number(after), Number(after) + limit);
    return { roots, next: roots.length === limit ? after + BigInt(limit) : null };
  }
}
