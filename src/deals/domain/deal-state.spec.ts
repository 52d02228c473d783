import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import {
  dealMoves,
  dealPath,
  type DealState,
  isLive,
  liveDealStates,
  mayMove,
  pieceMoves,
  stateDiagram,
  stepsBetween,
} from './deal-state.js';

describe('the table of moves', () => {
  it('is what the README draws', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
    expect(readme).toContain(stateDiagram(dealMoves));
    expect(readme).toContain(stateDiagram(pieceMoves));
  });

  it('lets every live state fail, and nothing leave a final one', () => {
    for (const state of liveDealStates) expect(mayMove(state, 'failed')).toBe(true);
    for (const state of Object.keys(dealMoves) as DealState[]) expect(dealMoves[state].length > 0).toBe(isLive(state));
  });

  it('slashes only what is on chain', () => {
    const slashable = (Object.keys(dealMoves) as DealState[]).filter((state) => mayMove(state, 'slashed'));
    expect(slashable).toEqual(['published', 'active', 'expiring']);
  });

  it('walks through every state on the way, and never back', () => {
    expect(stepsBetween('queued', 'published')).toEqual(['proposed', 'accepted', 'transferring', 'published']);
    expect(stepsBetween('active', 'published')).toEqual([]);
    expect(stepsBetween('failed', 'active')).toEqual([]);
    for (const [index, from] of dealPath.slice(0, -1).entries()) expect(mayMove(from, dealPath[index + 1]!)).toBe(true);
  });
});
