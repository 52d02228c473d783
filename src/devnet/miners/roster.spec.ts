import { describe, expect, it } from '@jest/globals';
import { Chance } from '../chain/chance.js';
import { EpochClock } from '../chain/epoch-clock.js';
import { Database } from '../storage/database.js';
import { charactersOf, type Character } from './characters.js';
import { Roster } from './roster.js';

const CARRIES_DEALS: Character[] = ['good', 'slow', 'sealed-only', 'lie'];

function rosterOf(seed: string, count = 12) {
  const db = new Database(':memory:');
  const clock = new EpochClock(db, 1000, () => 0);
  return { roster: new Roster(db, new Chance(seed), clock, count), clock };
}

describe('The miners', () => {
  it.each([10, 12, 30])('always include six that keep a deal, of %i', (count) => {
    expect(charactersOf(count)).toHaveLength(count);
    expect(charactersOf(count).filter((character) => CARRIES_DEALS.includes(character)).length).toBeGreaterThanOrEqual(
      6,
    );
  });

  it('are the same for the same seed and others for another', () => {
    expect(rosterOf('1').roster.miners).toEqual(rosterOf('1').roster.miners);
    expect(rosterOf('1').roster.miners).not.toEqual(rosterOf('2').roster.miners);
  });

  it('differ in price and speed, and pull 20 MiB in less than a second unless they are slow', () => {
    const { miners } = rosterOf('1').roster;
    expect(new Set(miners.map((miner) => miner.ask.price)).size).toBeGreaterThan(5);
    for (const miner of miners) expect(miner.linkSpeed >= 20 * 2 ** 20).toBe(miner.nature !== 'slow');
  });

  it('behave by an injected fault until its epoch has come', () => {
    const { roster, clock } = rosterOf('1');
    const good = roster.miners.find((miner) => miner.nature === 'good')!;
    roster.setFault(good.address, 'refuse', clock.height + 5);
    expect(roster.character(good)).toBe('refuse');
    clock.advance(5, () => undefined);
    expect(roster.character(good)).toBe('good');
  });
});
