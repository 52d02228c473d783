import { AccountLimits } from '../../accounts/index.js';
import { AccountUsage, OffloadDag } from '../../content/index.js';
import { DagStore } from '../ports/dag-store.port.js';
import { HotBlocks } from '../ports/hot-blocks.port.js';
import { describeDagStoreContract } from '../testing/dag-store.contract.js';
import { canonicalCid } from '../../shared/index.js';
import { SegmentCommitter } from './segment-committer.js';
import { contentNode } from '../../content/testing/content-app.js';

describeDagStoreContract('in a folder, with Postgres', async () => {
  const node = await contentNode();
  return {
    store: node.app.get(DagStore, { strict: false }),
    hotBlocks: node.app.get(HotBlocks, { strict: false }),
    userId: node.alice.id,
    offload: async (root) => {
      await node.app.get(SegmentCommitter, { strict: false }).sealNow();
      await node.app.get(OffloadDag, { strict: false }).run(canonicalCid(root));
    },
    quota: async (bytes) => {
      await node.app.get(AccountLimits, { strict: false }).set(node.alice.id, { bytesQuota: bytes });
    },
    used: async () =>
      (await node.app.get(AccountUsage, { strict: false }).ofMany([node.alice.id])).get(node.alice.id)!.bytes,
    close: () => node.close(),
  };
});
