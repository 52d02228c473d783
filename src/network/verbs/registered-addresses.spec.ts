import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { RegisteredAddresses } from './registered-addresses.js';

class CountingRegistry {
  reads = 0;
  known: string[] | Error = [];

  async addresses(): Promise<string[]> {
    this.reads += 1;
    if (this.known instanceof Error) throw this.known;
    return this.known;
  }
}

describe('the addresses that an upload names', () => {
  let registry: CountingRegistry;
  let addresses: RegisteredAddresses;
  beforeEach(() => {
    registry = new CountingRegistry();
    addresses = new RegisteredAddresses(registry);
  });

  it('are read once for all uploads of a few seconds, and then anew', async () => {
    registry.known = ['/a'];
    expect(await Promise.all(Array.from({ length: 100 }, () => addresses.list()))).toEqual(
      Array.from({ length: 100 }, () => ['/a']),
    );
    expect(registry.reads).toBe(1);
    registry.known = ['/b'];
    const soon = performance.now() + 6_000;
    const now = jest.spyOn(performance, 'now').mockImplementation(() => soon);
    expect(await addresses.list()).toEqual(['/a']);
    await setImmediate();
    expect(await addresses.list()).toEqual(['/b']);
    expect(registry.reads).toBe(2);
    now.mockRestore();
  });

  it('are those of before, or none, while the registry cannot be read', async () => {
    registry.known = new Error('the database is away');
    expect(await addresses.list()).toEqual([]);
    const later = performance.now() + 6_000;
    const now = jest.spyOn(performance, 'now').mockImplementation(() => later);
    registry.known = ['/a'];
    expect(await addresses.list()).toEqual(['/a']);
    now.mockImplementation(() => later + 6_000);
    registry.known = new Error('again');
    await addresses.list();
    expect(await addresses.list()).toEqual(['/a']);
    now.mockRestore();
  });
});
