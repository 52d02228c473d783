import { Injectable } from '@nestjs/common';
import type { CID } from 'multiformats/cid';
import { AppConfig } from '../../config/index.js';
import type { NewContent } from '../domain/content.js';
import { DagCompleteness } from '../domain/dag-completeness.js';
import { DagSizes } from '../domain/dag-sizes.js';
import {
  assertWithin,
  bounded,
  contentName,
  incomingBytesLimit,
  type Upload,
  type Uploaded,
} from '../domain/upload.js';
import { openUploadedCar } from '../domain/uploaded-car.js';
import { DagStore, type DagIntake } from '../../storage/index.js';
import { AccountQuota } from './account-quota.js';
import { ContentRegistry } from './content-registry.js';

/** More roots than this in one header are an accident or an attack: each becomes a content of its own. */
export const MAX_ROOTS = 1000;

/** A root, with what its blocks told on their way in. */
interface FollowedRoot {
  root: CID;
  /** Every block was followed: without that its DAG is stored, and stands for nobody else's. */
  whole: boolean;
  /** Of the blocks that it leads to; null: all that came, as far as is known. */
  ownBytes: number | null;
}

/**
 * A CAR goes in: every block is verified as it passes; each root becomes a content, and all that it links to must be
 * there. All of it is stored, or nothing.
 */
@Injectable()
export class AddCar {
  private readonly limit: number;

  constructor(
    private readonly dags: DagStore<NewContent>,
    private readonly contents: ContentRegistry,
    private readonly quota: AccountQuota,
    config: AppConfig,
  ) {
    this.limit = config.values.CONTENT_SIZE_LIMIT;
  }

  /**
   * One result per root, in the header's order.
   * @throws CarInvalid, BlockHashMismatch, HashNotSupported, RootMissing, DagIncomplete, ContentTooLarge,
   * QuotaExceeded, ...
   */
  async run(upload: Upload): Promise<Uploaded[]> {
    const left = await this.quota.left(upload.userId);
    const bounds = { limit: this.limit, left, incoming: incomingBytesLimit(left ?? 0) };
    assertWithin(upload.length ?? 0, bounds);
    const intake = await this.dags.begin('pin', upload.length ?? 0);
    const source = bounded(upload.source, bounds);
    try {
      const { roots, blocks } = await openUploadedCar(source, MAX_ROOTS);
      // One root alone holds all that came.
      const sizes = roots.length > 1 ? new DagSizes() : null;
      const completeness = new DagCompleteness((cid) => intake.has(cid), sizes);
      for await (const { cid, bytes } of blocks) {
        await intake.put(cid, bytes);
        await completeness.add(cid, bytes);
      }
      completeness.assertComplete(roots);
      const held = sizes ? await sizes.of(roots) : [];
      return await this.commit(
        roots.map((root, at) => ({ root, whole: completeness.verifiable, ownBytes: held[at] ?? null })),
        intake,
        upload,
      );
    } catch (error) {
      await intake.abort();
      throw error;
    } finally {
      await source.return(undefined);
    }
  }

  private async commit(
    roots: readonly FollowedRoot[],
    intake: DagIntake<NewContent>,
    upload: Upload,
  ): Promise<Uploaded[]> {
    const { userId } = upload;
    const { name, terms, ignoreDupes } = upload.options();
    if (ignoreDupes) {
      for (const { root } of roots) await this.contents.assertNew(userId, root);
    }
    const stored = await intake.commitAll(
      roots.map((followed) => {
        const cid = followed.root.toString();
        return {
          ...followed,
          reference: {
            userId,
            cid,
            name: contentName(name, cid),
            type: 'unknown' as const,
            profile: 'car',
            ...(terms ? { terms } : {}),
          },
        };
      }),
    );
    return stored.map(({ contentId, dag }, at) => ({
      contentId,
      cid: roots[at]?.root.toString() ?? dag.root,
      root: dag.root,
      size: dag.size,
    }));
  }
}
