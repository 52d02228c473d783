import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { AppLogger } from '../../platform/logging/index.js';
import { messageOf, type ContentId } from '../../shared/index.js';
import { PartialUploadGone, UploadIncomplete } from '../domain/content.errors.js';
import type { PartialUpload } from '../domain/partial-upload.js';
import { PartialFiles } from '../store/partial-files.js';
import { PostgresPartialUploadStore } from '../store/postgres-partial-upload.store.js';
import { AddFile } from './add-file.js';
import { PartialUploads } from './partial-uploads.js';

const SWEEP_MS = 600_000;
const DEFAULT_PROFILE = 'unixfs-v1-2025';

/** What an upload became. */
export interface FinishedUpload {
  contentId: ContentId;
  cid: string;
}

/**
 * Complete uploads become contents, as a file that came in one go does: the same CID, the same durability. The row of
 * the upload says so in the transaction that stores the content, so a crash loses nothing and stores nothing twice:
 * what is complete and no content is made one at the next start, and whenever somebody asks.
 */
@Injectable()
export class FinishUpload implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly running = new Map<string, Promise<FinishedUpload>>();
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> = Promise.resolve();
  private stopping = false;

  constructor(
    private readonly uploads: PartialUploads,
    private readonly store: PostgresPartialUploadStore,
    private readonly files: PartialFiles,
    private readonly addFile: AddFile,
    private readonly logger: AppLogger,
  ) {}

  onApplicationBootstrap(): void {
    this.sweeping = this.finishAll();
    // Nothing is removed at the start: a wrong clock or database would take everything with it.
    this.timer = setInterval(() => {
      this.sweeping = this.sweeping.then(() => this.sweep());
    }, SWEEP_MS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.stopping = true;
    await this.sweeping;
    await Promise.allSettled(this.running.values());
  }

  /**
   * The content of a complete upload; made now where it is not yet. Whoever asks meanwhile gets the same one.
   * @throws UploadIncomplete, PartialUploadNotFound, PartialUploadGone, and what `AddFile` throws
   */
  async run(id: string): Promise<FinishedUpload> {
    const running = this.running.get(id);
    if (running) return running;
    const made = this.make(id).finally(() => this.running.delete(id));
    this.running.set(id, made);
    return made;
  }

  private async make(id: string): Promise<FinishedUpload> {
    const upload = await this.uploads.get(id);
    if (upload.contentId !== null && upload.cid !== null) return { contentId: upload.contentId, cid: upload.cid };
    if (upload.kind === 'partial' || upload.offset < upload.length)
      throw new UploadIncomplete(upload.offset, upload.length);
    const { options, userId } = upload;
    const { contentId, cid } = await this.addFile.run(
      {
        userId,
        source: this.bytesOf(upload),
        ownsBuffers: true,
        length: upload.length,
        options: () => options,
        within: async (tx, content, root) => {
          if (!(await this.store.markStored(tx, id, content, root)))
            throw new PartialUploadGone('this upload was ended meanwhile');
        },
      },
      options.profile ?? DEFAULT_PROFILE,
    );
    for (const file of [id, ...upload.parts]) await this.files.remove(file);
    return { contentId, cid };
  }

  private async *bytesOf({ id, length, kind, parts }: PartialUpload): AsyncGenerator<Uint8Array> {
    if (kind !== 'final') yield* this.files.read(id, length);
    for (const part of parts) yield* this.files.read(part, (await this.uploads.get(part)).length);
  }

  /** What was complete when the last process ended. */
  private async finishAll(): Promise<void> {
    try {
      for (const id of await this.store.complete()) {
        if (this.stopping) return;
        await this.run(id).catch((error: unknown) => this.warn(`the upload ${id} is complete and no content`, error));
      }
    } catch (error) {
      this.warn('complete uploads were not looked for', error);
    }
  }

  private async sweep(): Promise<void> {
    await this.finishAll();
    await this.uploads.removeExpired().catch((error: unknown) => this.warn('expired uploads stay for now', error));
  }

  private warn(what: string, error: unknown): void {
    this.logger.warn(`${what}: ${messageOf(error)}`, FinishUpload.name);
  }
}
