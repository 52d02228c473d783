import type { CID } from 'multiformats/cid';
import type { DagIntake } from '../../storage/index.js';
import type { NewContent } from '../domain/content.js';
import { chunksOf, detachBuffers, FileDag, type FileBlock, type ImportProfile } from '../domain/file-dag.js';

/** A file whose blocks are in an intake. */
export interface ImportedFile {
  root: CID;
  /** Bytes of all its blocks: what a directory says of it (`Tsize`). */
  cumulative: number;
}

/**
 * A file becomes blocks of an intake, in one pass. Whoever began the intake ends it, also when this throws.
 * @param ownsBuffers the source's buffers belong to nobody else: they are emptied once they are written
 * @throws whatever the source throws, DiskFull, CarWriteFailed
 */
export async function importFile(
  source: AsyncIterable<Uint8Array>,
  ownsBuffers: boolean | undefined,
  profile: ImportProfile,
  intake: DagIntake<NewContent>,
): Promise<ImportedFile> {
  const file = new FileDag(profile);
  for await (const { parts, length, ended } of chunksOf(source, profile.chunkBytes)) {
    const [leaf, ...nodes] = file.leaf(parts, length);
    if (!leaf) throw new Error('a chunk makes a leaf');
    // Raw leaves are the network's buffers; others are copies.
    if (ownsBuffers && !profile.rawLeaves) detachBuffers(ended);
    await intake.put(leaf.cid, leaf.parts, ownsBuffers && profile.rawLeaves ? () => detachBuffers(ended) : undefined);
    for (const node of nodes) await intake.put(node.cid, node.parts);
  }
  const rest = file.finish();
  for (;;) {
    const step: IteratorResult<FileBlock, CID> = rest.next();
    if (step.done) return { root: step.value, cumulative: file.cumulative };
    await intake.put(step.value.cid, step.value.parts);
  }
}
