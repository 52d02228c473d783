import { describe, expect, it } from '@jest/globals';
import { shapeDifferences } from './same-shape.js';

describe('Two answers have the same shape', () => {
  const example = { Name: 'x', List: [{ N: 1 }], Deep: { Yes: true } };

  it('when keys and types are the same, however long the lists are', () => {
    expect(shapeDifferences(example, { Name: 'y', List: [{ N: 2 }, { N: 3 }], Deep: { Yes: false } })).toEqual([]);
    expect(shapeDifferences(example, { Name: 'y', List: null, Deep: null })).toEqual([]);
  });

  it.each<[unknown, string[]]>([
    [{ Name: 1, List: [], Deep: { Yes: true } }, ['$.Name: number instead of string']],
    [{ List: [], Deep: { Yes: true } }, ['$.Name: missing']],
    [{ ...example, More: 1 }, ['$.More: not in Lotus']],
    [{ ...example, List: [{ N: '1' }] }, ['$.List[0].N: string instead of number']],
    [{ ...example, Name: null }, ['$.Name: null instead of string']],
  ])('but not %j', (answer, differences) => {
    expect(shapeDifferences(example, answer)).toEqual(differences);
  });
});
