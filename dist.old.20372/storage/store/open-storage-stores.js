import { Database } from '../../platform/prisma/index.js';
import { BackupRows, RestoredRows } from './backup-rows.store.js';
import { PostgresPlatformStore } from './postgres-platform.store.js';
import { PostgresRebuildStore } from './postgres-rebuild.store.js';
/** The stores that commands need, on a connection of their own: without Nest. Close it when done. */ export function openStorageStores(config, node) {
    const database = new Database(config);
    return {
        platform: new PostgresPlatformStore(database, node),
        rebuild: new PostgresRebuildStore(database, node),
        /** All rows as of now. */ snapshot: ()=>BackupRows.open(config, node),
        /** The database as one that is to be filled. */ refill: ()=>RestoredRows.open(config),
        close: ()=>database.onApplicationShutdown()
    };
}

//# sourceMappingURL=open-storage-stores.js.map
