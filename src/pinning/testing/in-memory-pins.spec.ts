import { TestClock } from '../../../test/support/test-clock.js';
import type { Tx } from '../../platform/prisma/index.js';
import { InMemoryPins } from './in-memory-pins.js';
import { describePinLeasesContract } from './pin-leases.contract.js';
import { describePinsContract, type PinsSetting } from './pins.contract.js';

const make = (): Promise<PinsSetting> => {
  const clock = TestClock.running();
  const { store, leases, counts } = new InMemoryPins(clock);
  return Promise.resolve({
    store,
    leases,
    counts,
    clock,
    transact: (work) => work({} as Tx),
    close: () => Promise.resolve(),
  });
};

describePinsContract('in memory', make);
describePinLeasesContract('in memory', make);
