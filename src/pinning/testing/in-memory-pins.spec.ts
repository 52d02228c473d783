import type { Tx } from '../../platform/prisma/index.js';
import { SystemClock } from '../../shared/index.js';
import { InMemoryPins } from './in-memory-pins.js';
import { describePinsContract } from './pins.contract.js';

describePinsContract('in memory', () => {
  const { store, leases, tallies } = new InMemoryPins(new SystemClock());
  return Promise.resolve({ store, leases, tallies, transact: (work) => work({} as Tx), close: () => Promise.resolve() });
});
