import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DelegateBoard } from '../ports/delegate-board.port.js';
import { OurAddresses } from './our-addresses.js';

class CountingBoard extends DelegateBoard {
  reads = 0;
  addresses: string[] | Error = [];

  publish(): Promise<void> {
    return Promise.resolve();
  }

  nodes(): Promise<[]> {
    return Promise.resolve([]);
  }

  async read(): Promise<string[]> {
    this.reads += 1;
    if (this.addresses instanceof Error) throw this.addresses;
    return this.addresses;
  }
}

describe('the addresses that an upload names', () => {
  let board: CountingBoard;
  let ours: OurAddresses;
  beforeEach(() => {
    board = new CountingBoard();
    ours = new OurAddresses(board);
  });

  it('are read once for all uploads of a few seconds, and then anew', async () => {
    board.addresses = ['/a'];
    expect(await Promise.all(Array.from({ length: 100 }, () => ours.list()))).toEqual(
      Array.from({ length: 100 }, () => ['/a']),
    );
    expect(board.reads).toBe(1);
    board.addresses = ['/b'];
    const soon = performance.now() + 6_000;
    const now = jest.spyOn(performance, 'now').mockImplementation(() => soon);
    expect(await ours.list()).toEqual(['/a']);
    expect(await ours.list()).toEqual(['/b']);
    expect(board.reads).toBe(2);
    now.mockRestore();
  });

  it('are those of before, or none, while the board cannot be read', async () => {
    board.addresses = new Error('the database is away');
    expect(await ours.list()).toEqual([]);
    const later = performance.now() + 6_000;
    const now = jest.spyOn(performance, 'now').mockImplementation(() => later);
    board.addresses = ['/a'];
    expect(await ours.list()).toEqual(['/a']);
    now.mockImplementation(() => later + 6_000);
    board.addresses = new Error('again');
    await ours.list();
    expect(await ours.list()).toEqual(['/a']);
    now.mockRestore();
  });
});
