import { Module, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AccountsModule, OwnerRegistry } from '../accounts/index.js';
import { AppConfig } from '../config/index.js';
import { ContentModule } from './content.module.js';
import { PartialUploadNotFound } from './domain/content.errors.js';
import { TusController } from './http/tus.controller.js';
import { tellOptions } from './http/tus-options.js';
import { PartialFiles } from './store/partial-files.js';
import { PostgresPartialUploadStore } from './store/postgres-partial-upload.store.js';
import { FinishUpload } from './verbs/finish-upload.js';
import { PartialUploads } from './verbs/partial-uploads.js';

/** Uploads in several requests, in the process that owns HTTP. */
@Module({
  imports: [AccountsModule, ContentModule],
  controllers: [TusController],
  providers: [FinishUpload, PartialFiles, PartialUploads, PostgresPartialUploadStore],
})
export class ResumableUploadsModule implements OnModuleInit {
  constructor(
    private readonly owners: OwnerRegistry,
    private readonly uploads: PartialUploads,
    private readonly config: AppConfig,
    private readonly http: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    tellOptions(this.http.httpAdapter.getInstance(), this.config.values.CONTENT_SIZE_LIMIT);
    this.owners.register(
      'upload',
      (id) => this.uploads.ownerOf(id),
      (id) => new PartialUploadNotFound(`no such upload: ${id.slice(0, 64)}`),
    );
  }
}
