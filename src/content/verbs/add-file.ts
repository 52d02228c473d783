import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import type { NewContent } from '../domain/content.js';
import { importProfiles, type ProfileName } from '../domain/file-dag.js';
import { assertWithin, bounded, contentName, type Upload, type Uploaded } from '../domain/upload.js';
import { DagStore } from '../../storage/index.js';
import { AccountQuota } from './account-quota.js';
import { ContentRegistry } from './content-registry.js';
import { importFile } from './import-file.js';

/**
 * A file goes in, in one pass: chunked, hashed, written, synced, committed. What fails on the way leaves nothing
 * behind.
 */
@Injectable()
export class AddFile {
  private readonly limit: number;

  constructor(
    private readonly dags: DagStore<NewContent>,
    private readonly contents: ContentRegistry,
    private readonly quota: AccountQuota,
    config: AppConfig,
  ) {
    this.limit = config.values.CONTENT_SIZE_LIMIT;
  }

  /** @throws ContentTooLarge, QuotaExceeded, UploadAborted, ContentExists, DiskFull, CarWriteFailed */
  async run(upload: Upload, profile: ProfileName): Promise<Uploaded> {
    const { userId, within } = upload;
    const bounds = { limit: this.limit, left: await this.quota.left(userId) };
    assertWithin(upload.length ?? 0, bounds);
    const intake = await this.dags.begin('pin', upload.length ?? 0);
    try {
      const { root } = await importFile(
        bounded(upload.source, bounds),
        upload.ownsBuffers,
        importProfiles[profile],
        intake,
      );
      const { name, terms, ignoreDupes } = upload.options();
      if (ignoreDupes) await this.contents.assertNew(userId, root);
      const cid = root.toString();
      const { contentId, dag } = await intake.commit(root, {
        userId,
        cid,
        name: contentName(name, cid),
        type: 'file',
        profile,
        ...(terms ? { terms } : {}),
        ...(within ? { within: (tx, id) => within(tx, id, cid) } : {}),
      });
      return { contentId, cid, root: dag.root, size: dag.size };
    } catch (error) {
      await intake.abort();
      throw error;
    }
  }
}
