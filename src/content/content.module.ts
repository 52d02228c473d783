import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { AccountsModule, OwnerRegistry, UsageRegistry } from '../accounts/index.js';
import { contentId } from '../shared/index.js';
import { DagReferences } from '../storage/index.js';
import { CollectionNotFound, ContentNotFound } from './domain/content.errors.js';
import { CollectionsController } from './http/collections.controller.js';
import { ContentController } from './http/content.controller.js';
import { OrganizeController } from './http/organize.controller.js';
import { UploadAnswers } from './http/upload-answers.js';
import { UploadsController } from './http/uploads.controller.js';
import { AccountUsage } from './ports/account-usage.port.js';
import { CollectionStore } from './store/collection.store.js';
import { ContentSearchStore } from './store/content-search.store.js';
import { PostgresAccountUsageStore } from './store/postgres-account-usage.store.js';
import { PostgresContentStore } from './store/postgres-content.store.js';
import { PostgresDagReferencesStore } from './store/postgres-dag-references.store.js';
import { AccountQuota } from './verbs/account-quota.js';
import { AddCar } from './verbs/add-car.js';
import { AddFile } from './verbs/add-file.js';
import { AddFolder } from './verbs/add-folder.js';
import { Collections } from './verbs/collections.js';
import { CommitCollection } from './verbs/commit-collection.js';
import { ContentRegistry } from './verbs/content-registry.js';
import { OrganizeContents } from './verbs/organize-contents.js';
import { DeleteContent, OffloadDag } from './verbs/remove-content.js';

/** Fills storage's port. Global because storage, upstream, cannot know this room. */
@Global()
@Module({
  imports: [AccountsModule],
  providers: [
    { provide: DagReferences, useClass: PostgresDagReferencesStore },
    PostgresAccountUsageStore,
    { provide: AccountUsage, useExisting: PostgresAccountUsageStore },
  ],
  exports: [DagReferences, AccountUsage],
})
export class ContentPortsModule {}

const verbs = [AccountQuota, AddCar, AddFile, AddFolder, ContentRegistry, DeleteContent, OffloadDag];

/** Contents without HTTP, for both kinds of process. */
@Module({
  imports: [AccountsModule, ContentPortsModule],
  providers: [...verbs, PostgresContentStore],
  exports: [...verbs, ContentPortsModule],
})
export class ContentModule {}

/** The routes of contents and uploads, and what this room tells the registries of accounts. */
@Module({
  imports: [AccountsModule, ContentModule],
  controllers: [UploadsController, ContentController, OrganizeController, CollectionsController],
  providers: [OrganizeContents, ContentSearchStore, Collections, CommitCollection, CollectionStore, UploadAnswers],
})
export class ContentHttpModule implements OnModuleInit {
  constructor(
    private readonly owners: OwnerRegistry,
    private readonly contents: ContentRegistry,
    private readonly uses: UsageRegistry,
    private readonly usage: AccountUsage,
    private readonly collections: Collections,
  ) {}

  onModuleInit(): void {
    this.owners.register(
      'collection',
      (id) => this.collections.ownerOf(id),
      (id) => new CollectionNotFound(`no such collection: ${id.slice(0, 64)}`),
    );
    this.uses.register((users) => this.usage.ofMany(users));
    this.owners.register(
      'content',
      (id) => this.contents.ownerOf(contentId(id)),
      (id) => new ContentNotFound(`no such content: ${id}`),
    );
  }
}
