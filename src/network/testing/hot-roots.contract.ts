import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { HotRoots } from '../../storage/index.js';

export interface HotRootsSetting {
  hot: HotRoots;
  /** Now hot, in this order, each of so many bytes. */
  store(roots: readonly string[], bytes: number): Promise<void>;
  /** Known, and not hot any more. */
  cool(roots: readonly string[]): Promise<void>;
  empty(): Promise<void>;
  close(): Promise<void>;
}

/** What the reprovider and its sweep believe of storage's `HotRoots`. Each test begins with nothing stored. */
export function describeHotRootsContract(name: string, make: () => Promise<HotRootsSetting>): void {
  describe(`HotRoots: ${name}`, () => {
    let setting: HotRootsSetting;
    beforeAll(async () => {
      setting = await make();
    });
    beforeEach(() => setting.empty());
    afterAll(() => setting.close());

    it('tells with their sizes those that are hot from those that were and those that nobody knows', async () => {
      await setting.store(['a', 'b'], 5);
      await setting.store(['c'], 2 ** 40);
      await setting.cool(['b']);
      expect(await setting.hot.among(['a', 'b', 'c', 'z'])).toEqual(
        new Map([
          ['a', 5],
          ['c', 2 ** 40],
        ]),
      );
      expect(await setting.hot.among([])).toEqual(new Map());
      await setting.store(['b'], 5);
      expect([...(await setting.hot.among(['b'])).keys()]).toEqual(['b']);
    });

    it('walks over each hot root once, in pages that end', async () => {
      const roots = Array.from({ length: 25 }, (_, n) => `root ${n}`);
      await setting.store(roots, 1);
      const found: string[] = [];
      let pages = 0;
      for (let after: bigint | null = 0n; after !== null; pages += 1) {
        const page = await setting.hot.page(after, 10);
        found.push(...page.roots);
        after = page.next;
      }
      expect([pages, [...found].sort()]).toEqual([3, [...roots].sort()]);
    });

    it('leaves out of its pages what is not hot', async () => {
      await setting.store(['a', 'b', 'c'], 1);
      await setting.cool(['b']);
      expect([...(await setting.hot.page(0n, 10)).roots].sort()).toEqual(['a', 'c']);
      await setting.empty();
      expect(await setting.hot.page(0n, 10)).toEqual({ roots: [], next: null });
    });
  });
}
