import { Random, type Recipe } from './random.js';

/** The processes that a fault can hit. `backend`: one connection's process of PostgreSQL; `npm`: `npm start` itself. */
export type Victim = 'api' | 'worker' | 'devnet' | 'postgres' | 'backend' | 'launcher' | 'npm';

export const ACCOUNTS = ['ann', 'bob', 'cid'] as const;
export type Account = (typeof ACCOUNTS)[number];

interface At {
  /** Milliseconds after the round began. */
  at: number;
}

/**
 * What is done in a round. Things that exist by then are named by a number from 0 to 1 (`pick`): which ones there are
 * depends on the timing, which of them is meant does not.
 */
export type Operation = At &
  (
    | {
        what: 'upload';
        by: Account;
        name: string;
        recipe: Recipe;
        as: 'body' | 'form' | 'car';
        /** Sent in pieces with pauses; or broken off in the middle by its sender. */
        sending: 'fast' | 'slow' | 'broken';
        /** In place of the recipe the bytes of something that is, or was, stored by anybody. */
        again: { pick: number; of: 'stored' | 'offloaded' | 'deleted' } | null;
      }
    | { what: 'delete'; pick: number; newest: boolean }
    | { what: 'offload'; pick: number }
    | { what: 'read'; pick: number; how: 'whole' | 'range' | 'car'; from: number; share: number }
    | { what: 'pin'; by: Account; name: string; of: PinSource; target: number; recipe: Recipe }
    | { what: 'replace-pin'; pick: number; name: string; of: PinSource; target: number; recipe: Recipe }
    | { what: 'remove-pin'; pick: number }
    | { what: 'miner-trouble'; pick: number; fault: 'refuse' | 'down' | 'vanish'; epochs: number }
  );

/** Whose bytes a pin asks for: what is hot here, what only miners hold, what a peer has, what nobody has. */
export type PinSource = 'stored' | 'offloaded' | 'peer' | 'nobody';

/** What goes wrong in a round, and for how long. */
export type Fault = At &
  (
    | { what: 'kill'; victim: Victim; pick: number }
    | { what: 'stop'; victim: Victim; pick: number; ms: number }
    | { what: 'full-disk'; leave: number; ms: number }
    | { what: 'hang-database'; ms: number }
    | { what: 'restart-database'; how: 'fast' | 'immediate' }
    | { what: 'cut-connections' }
    | { what: 'clock'; of: 'api' | 'worker'; by: number; ms: number }
    | { what: 'restart' }
  );

export interface Plan {
  round: number;
  operations: Operation[];
  faults: Fault[];
}

/** Operations and faults begin within this. */
const ROUND_MS = 1_500;
const MIB = 1024 ** 2;
/**
 * Each of them once in as many rounds: the launcher waits longer before it starts a process again that keeps falling
 * over, so a victim gets time to settle.
 */
const KILLED: readonly Victim[] = [
  'api',
  'worker',
  'devnet',
  'postgres',
  'backend',
  'launcher',
  'api',
  'worker',
  'npm',
];
const STOPPED: readonly Victim[] = ['api', 'worker', 'devnet', 'postgres', 'backend', 'launcher'];
/** The second before and after a boundary, and what an operator's mistake makes of a clock. */
const JUMPS_MS = [-10_800_000, -3_600_000, -90_000, -5_000, -1_000, 1_000, 5_000, 90_000, 3_600_000, 10_800_000];

/** What happens in a round follows from seed and number of the round alone. */
export function planRound(seed: string, round: number): Plan {
  const random = new Random(seed, `round ${round}`);
  const operations = [
    ...many(random, 4, 8, (n) => upload(random, round, n)),
    ...many(random, 2, 8, () => ({ what: 'delete' as const, pick: random.next(), newest: random.chance(0.4) })),
    ...many(random, 1, 3, () => ({ what: 'offload' as const, pick: random.next() })),
    ...many(random, 3, 7, () => read(random)),
    ...many(random, 0, 3, (n) => pin(random, `pin-${round}-${n}`)),
    ...many(random, 0, 1, (n) => ({
      ...pinned(random, `pin-${round}-r${n}`),
      what: 'replace-pin' as const,
      pick: random.next(),
    })),
    ...many(random, 0, 2, () => ({ what: 'remove-pin' as const, pick: random.next() })),
    ...many(random, 0, random.chance(0.1) ? 1 : 0, () => trouble(random)),
  ].map((operation): Operation => ({ ...operation, at: random.whole(0, ROUND_MS) }));
  return { round, operations: inOrder(operations), faults: inOrder(faults(seed, round, random)) };
}

function many<T>(random: Random, least: number, most: number, make: (n: number) => T): T[] {
  return Array.from({ length: random.whole(least, most) }, (_, n) => make(n));
}

const inOrder = <T extends At>(items: T[]): T[] => items.sort((a, b) => a.at - b.at);

function upload(random: Random, round: number, n: number) {
  const name = `file-${round}-${n}`;
  const size = sizeOf(random);
  const again = random.chance(0.3)
    ? { pick: random.next(), of: random.oneOf(['stored', 'stored', 'offloaded', 'offloaded', 'deleted'] as const) }
    : null;
  return {
    what: 'upload' as const,
    by: random.oneOf(ACCOUNTS),
    name,
    recipe: { seed: `${random.next()}/${name}`, size },
    as: random.oneOf(['body', 'body', 'form', 'car'] as const),
    sending: random.oneOf(['fast', 'fast', 'fast', 'fast', 'slow', 'broken'] as const),
    again,
  };
}

/** From one byte to tens of megabytes: half of them tiny, one in fifty in several CARs. */
function sizeOf(random: Random): number {
  const kind = random.next();
  if (kind < 0.5) return random.whole(1, 4_096);
  if (kind < 0.75) return random.whole(4_096, 200_000);
  if (kind < 0.9) return random.whole(200_000, 1.5 * MIB);
  if (kind < 0.98) return random.whole(1.5 * MIB, 6 * MIB);
  return random.whole(6 * MIB, 40 * MIB);
}

function read(random: Random) {
  const how = random.oneOf(['whole', 'whole', 'range', 'car'] as const);
  return { what: 'read' as const, pick: random.next(), how, from: random.next(), share: random.next() };
}

function pinned(random: Random, name: string) {
  return {
    name,
    of: random.oneOf(['stored', 'offloaded', 'offloaded', 'peer', 'peer', 'nobody'] as const),
    target: random.next(),
    recipe: { seed: `${random.next()}/${name}`, size: random.whole(1, random.chance(0.2) ? 3 * MIB : 100_000) },
  };
}

function pin(random: Random, name: string) {
  return { ...pinned(random, name), what: 'pin' as const, by: random.oneOf(ACCOUNTS) };
}

function trouble(random: Random) {
  const fault = random.oneOf(['refuse', 'down', 'vanish'] as const);
  return { what: 'miner-trouble' as const, pick: random.next(), fault, epochs: random.whole(4, 40) };
}

function faults(seed: string, round: number, random: Random): Fault[] {
  const cycle = Math.floor(round / KILLED.length);
  const victim = new Random(seed, `victims ${cycle}`).shuffled(KILLED)[round % KILLED.length] as Victim;
  const at = (): number => random.whole(0, ROUND_MS);
  const found: Fault[] = [];
  const sometimes = (share: number, make: () => Fault): void => {
    // Drawn whether or not it comes, so that a change of one share moves nothing else.
    const fault = make();
    if (random.chance(share)) found.push(fault);
  };
  sometimes(0.75, () => ({ what: 'kill', at: at(), victim, pick: random.next() }));
  for (let n = 0; n < 2; n += 1)
    sometimes(0.4, () => ({
      what: 'stop',
      at: at(),
      victim: random.oneOf(STOPPED),
      pick: random.next(),
      ms: random.whole(100, 2_500),
    }));
  sometimes(0.12, () => ({
    what: 'full-disk',
    at: at(),
    leave: random.oneOf([0, 0, 100_000, 3_000_000]),
    ms: random.whole(300, 1_500),
  }));
  sometimes(0.08, () => ({ what: 'restart-database', at: at(), how: random.oneOf(['fast', 'immediate'] as const) }));
  sometimes(0.1, () => ({ what: 'cut-connections', at: at() }));
  sometimes(0.25, () => {
    const of = random.oneOf(['api', 'worker'] as const);
    const by = random.oneOf(JUMPS_MS);
    return { what: 'clock', at: at(), of, by, ms: random.whole(500, 2_500) };
  });
  sometimes(0.04, () => ({ what: 'restart', at: at() }));
  // Shorter and longer than it takes to find that out.
  sometimes(0.06, () => ({ what: 'hang-database', at: at(), ms: random.whole(500, 11_000) }));
  return found;
}
