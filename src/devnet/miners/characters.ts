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
/** One of the nine. */
export type Character = (typeof characters)[number];

/** In words, for who tests a client. */
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
const troublesome: Character[] = ['slow', 'sealed-only', 'lie', 'refuse', 'vanish', 'never-publish', 'slash'];

/** The characters of so many miners: seven troublesome ones among the first twelve, and one in four beyond them. */
export function charactersOf(count: number): Character[] {
  const good = Array<Character>(Math.max(0, Math.min(count, 12) - troublesome.length)).fill('good');
  const first = [...good, ...troublesome].slice(0, count);
  const more = Array.from({ length: count - first.length }, (_, i): Character =>
    i % 4 === 3 ? (troublesome[Math.floor(i / 4) % troublesome.length] ?? 'good') : 'good',
  );
  return [...first, ...more];
}

/** What a lying miner makes of bytes: the same length, one byte wrong in every 64 KiB. */
const STRIDE = 65_536;

/**
 * A corrupted copy. `offset` is where these bytes stand in the whole, so that the same bytes are wrong in whatever
 * chunks they are sent.
 */
export function corrupt(bytes: Uint8Array, offset = 0): Uint8Array {
  const wrong = Uint8Array.from(bytes);
  for (let i = (STRIDE - (offset % STRIDE)) % STRIDE; i < wrong.length; i += STRIDE) wrong[i] = (wrong[i] ?? 0) ^ 0x55;
  return wrong;
}
