import { describeHotRootsContract } from './hot-roots.contract.js';
import { ReproviderHarness } from './reprovider-harness.js';

describeHotRootsContract('PostgreSQL', async () => {
  const harness = await ReproviderHarness.build();
  return {
    hot: harness.hot,
    store: (roots, bytes) => harness.store(roots, bytes),
    cool: (roots) => harness.cool(roots),
    empty: () => harness.empty(),
    close: () => harness.close(),
  };
});
