import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import {
  dealTransitions,
  dealPath,
  type DealState,
  isLive,
  liveDealStates,
  canTransition,
  pieceTransitions,
  stateDiagram,
  stepsBetween,
} from './deal-state.js';

const dealStates = Object.keys(dealTransitions) as DealState[];

/** Written by hand, apart from the table: from, then every state that a deal may go to. */
const allowed: [DealState, DealState[]][] = [
  ['queued', ['proposed', 'rejected', 'failed']],
  ['proposed', ['accepted', 'rejected', 'failed']],
  ['accepted', ['transferring', 'rejected', 'failed']],
  ['transferring', ['published', 'rejected', 'failed']],
  ['published', ['active', 'failed', 'slashed']],
  ['active', ['expiring', 'failed', 'slashed']],
  ['expiring', ['ended', 'failed', 'slashed']],
  ['ended', []],
  ['rejected', []],
  ['failed', []],
  ['slashed', []],
];

describe('the table of transitions', () => {
  it.each(allowed)('lets a deal go from %s to %j and nowhere else', (from, targets) => {
    for (const to of dealStates) expect([to, canTransition(from, to)]).toEqual([to, targets.includes(to)]);
  });

  it('has a row for every state', () => {
    expect(allowed.map(([from]) => from).sort()).toEqual([...dealStates].sort());
  });

  it('is what the README draws', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    expect(readme).toContain(stateDiagram(dealTransitions));
    expect(readme).toContain(stateDiagram(pieceTransitions));
  });

  it('lets every live state fail, and nothing leave a final one', () => {
    for (const state of liveDealStates) expect(canTransition(state, 'failed')).toBe(true);
    for (const state of Object.keys(dealTransitions) as DealState[])
      expect(dealTransitions[state].length > 0).toBe(isLive(state));
  });

  it('slashes only what is on chain', () => {
    const slashable = (Object.keys(dealTransitions) as DealState[]).filter((state) => canTransition(state, 'slashed'));
    expect(slashable).toEqual(['published', 'active', 'expiring']);
  });

  it('walks through every state on the way, and never back', () => {
    expect(stepsBetween('queued', 'published')).toEqual(['proposed', 'accepted', 'transferring', 'published']);
    expect(stepsBetween('active', 'published')).toEqual([]);
    expect(stepsBetween('failed', 'active')).toEqual([]);
    for (const [index, from] of dealPath.slice(0, -1).entries())
      expect(canTransition(from, dealPath[index + 1]!)).toBe(true);
  });
});
