/**
 * Blocks that this node can read now, by multihash, out of its CAR files. What is written to a CAR by any process of
 * the node is visible here at once, also while the DAG it belongs to is still coming in.
 */ export class HotBlocks {
}

//# sourceMappingURL=hot-blocks.port.js.map
