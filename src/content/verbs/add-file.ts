import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { chunksOf } from '../domain/chunks.js';
import { contentName } from '../domain/content-name.js';
import { FileDag, type FileBlock } from '../domain/file-dag.js';
import { importProfiles, type ProfileName } from '../domain/import-profile.js';
import { assertWithin, metered, type Upload, type Uploaded } from '../domain/upload.js';
import { DagStore, type DagIntake } from '../ports/dag-store.port.js';
import { RefuseDuplicate } from './refuse-duplicate.js';
import type { CID } from 'multiformats/cid';

/** A file goes in, in one pass: chunked, hashed, written, synced, committed. What fails on the way leaves nothing behind. */
@Injectable()
export class AddFile {
  private readonly limit: number;

  constructor(private readonly dags: DagStore, private readonly duplicates: RefuseDuplicate, config: AppConfig) {
    this.limit = config.values.CONTENT_SIZE_LIMIT;
  }

  /** @throws ContentTooLarge, UploadAborted, ContentExists, DiskFull, CarWriteFailed */
  async run(upload: Upload, profile: ProfileName): Promise<Uploaded> {
    assertWithin(upload.length ?? 0, this.limit);
    await this.dags.ensureSpace(upload.length ?? 0);
    const intake = await this.dags.begin('pin');
    try {
      const root = await this.import(upload.source, profile, intake);
      const { userId, name, terms, ignoreDupes } = upload.wishes();
      if (ignoreDupes) await this.duplicates.run(userId, root);
      const cid = root.toString();
      const { contentId, dag } = await intake.adopt(root, { userId, cid, name: contentName(name, cid), type: 'file', profile, ...(terms ? { terms } : {}) });
      return { contentId, cid, root: dag.root, size: dag.size };
    } catch (error) {
      await intake.abort();
      throw error;
    }
  }

  private async import(source: AsyncIterable<Uint8Array>, profile: ProfileName, intake: DagIntake): Promise<CID> {
    const file = new FileDag(importProfiles[profile]);
    for await (const { parts, length } of chunksOf(metered(source, this.limit), importProfiles[profile].chunkBytes)) {
      for (const block of file.leaf(parts, length)) await intake.put(block.cid, block.parts);
    }
    const rest = file.finish();
    for (;;) {
      const step: IteratorResult<FileBlock, CID> = rest.next();
      if (step.done) return step.value;
      await intake.put(step.value.cid, step.value.parts);
    }
  }
}
