import { Global, Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/index.js';
import { DagReferences } from '../storage/index.js';
import { AccountUsage } from './ports/account-usage.port.js';
import { PostgresDagReferencesStore } from './store/postgres-dag-references.store.js';
import { PostgresAccountUsageStore } from './store/postgres-account-usage.store.js';

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
