import { Module, type OnModuleInit } from '@nestjs/common';
import { AccountsModule, OwnerRegistry, UsageRegistry } from '../accounts/index.js';
import { contentId } from '../shared/index.js';
import { ContentPortsModule } from './content-ports.module.js';
import { ContentNotFound } from './domain/content.errors.js';
import { ContentController } from './http/content.controller.js';
import { UploadsController } from './http/uploads.controller.js';
import { AccountUsage } from './ports/account-usage.port.js';
import { PostgresContentStore } from './store/postgres-content.store.js';
import { AccountQuota } from './verbs/account-quota.js';
import { AddCar } from './verbs/add-car.js';
import { AddFile } from './verbs/add-file.js';
import { ContentRegistry } from './verbs/content-registry.js';
import { DeleteContent } from './verbs/delete-content.js';
import { OffloadDag } from './verbs/offload-dag.js';

const verbs = [AccountQuota, AddCar, AddFile, ContentRegistry, DeleteContent, OffloadDag];

@Module({
  imports: [AccountsModule, ContentPortsModule],
  providers: [...verbs, PostgresContentStore],
  exports: [...verbs, ContentPortsModule],
})
export class ContentModule {}

@Module({ imports: [AccountsModule, ContentModule], controllers: [UploadsController, ContentController] })
export class ContentHttpModule implements OnModuleInit {
  constructor(
    private readonly owners: OwnerRegistry,
    private readonly contents: ContentRegistry,
    private readonly uses: UsageRegistry,
    private readonly usage: AccountUsage,
  ) {}

  onModuleInit(): void {
    this.uses.register((users) => this.usage.ofMany(users));
    this.owners.register(
      'content',
      (id) => this.contents.ownerOf(contentId(id)),
      (id) => new ContentNotFound(`no such content: ${id}`),
    );
  }
}
