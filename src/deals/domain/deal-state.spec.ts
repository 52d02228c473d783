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

describe('the table of transitions', () => {
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
