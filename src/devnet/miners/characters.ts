/** How a miner behaves. `good` and `slow` keep every promise. */
export const characters = [
  'good',
  'slow',
  'sealed-only',
  'lie',
  'refuse',
  'vanish',
  'never-publish',
  'slash',
  'down',
] as const;
export type Character = (typeof characters)[number];

export const describeCharacter: Record<Character, string> = {
  good: 'keeps every promise',
  slow: 'keeps every promise, slowly',
  'sealed-only': 'stores well but keeps no unsealed copy: asks money and time for retrieval',
  lie: 'stores well but serves corrupted bytes',
  refuse: 'answers every proposal with a rejection',
  vanish: 'disappears in the middle of each transfer',
  'never-publish': 'takes the data and never puts the deal on chain',
  slash: 'loses the data some time after the deal is active',
  down: 'cannot be reached at all',
};

/** Nine of the default twelve carry a deal to active; eight of them keep it there. */
const misfits: Character[] = ['slow', 'sealed-only', 'lie', 'refuse', 'vanish', 'never-publish', 'slash'];

export function castOf(count: number): Character[] {
  const good = Array<Character>(Math.max(0, Math.min(count, 12) - misfits.length)).fill('good');
  const first = [...good, ...misfits].slice(0, count);
  const more = Array.from({ length: count - first.length }, (_, i): Character =>
    i % 4 === 3 ? (misfits[Math.floor(i / 4) % misfits.length] ?? 'good') : 'good',
  );
  return [...first, ...more];
}
