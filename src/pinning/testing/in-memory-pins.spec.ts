import type { Tx } from '../../platform/prisma/index.js';
import { SystemClock } from '../../shared/index.js';
import { InMemoryPins } from './in-memory-pins.js';
import { describePinLeasesContract } from './pin-leases.contract.js';
import { describePinsContract, type PinsSetting } from './pins.contract.js';

const make = (): Promise<PinsSetting> => {
  const { store, leases, counts } = new InMemoryPins(new SystemClock());
  return Promise.resolve({
    store,
    leases,
    counts,
    transact: (work) => work({} as Tx),
    close: () => Promise.resolve(),
  });
};

describePinsContract('in memory', make);
describePinLeasesContract('in memory', make);
