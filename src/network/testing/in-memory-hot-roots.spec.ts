import { describeHotRootsContract } from './hot-roots.contract.js';
import { InMemoryHotRoots } from './in-memory-hot-roots.js';

describeHotRootsContract('in memory', () => {
  const hot = new InMemoryHotRoots();
  return Promise.resolve({
    hot,
    store: (roots, bytes) => Promise.resolve(roots.forEach((root) => hot.add(root, bytes))),
    cool: (roots) => Promise.resolve(roots.forEach((root) => hot.delete(root))),
    empty: () => Promise.resolve(hot.clear()),
    close: () => Promise.resolve(),
  });
});
