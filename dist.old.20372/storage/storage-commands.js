import { lockDataFolder, NodeIdentity } from '../platform/process/index.js';
import { SystemClock } from '../shared/index.js';
import { forgetIndex } from './blocks/block-index.js';
import { PlatformCheck } from './cars/platform-check.js';
import { adopt } from './commands/adopt.js';
import { backUp } from './commands/backup.js';
import { rebuild } from './commands/rebuild.js';
import { restore } from './commands/restore.js';
import { FolderIdentity } from './places/folder-identity.js';
import { LocalCarFolder } from './places/local-car-folder.js';
import { LostAndFound } from './places/lost-and-found.js';
import { openStorageStores } from './store/open-storage-stores.js';
/**
 * What the command line offers of this room, wired by hand: a command starts in a fraction of the time of a Nest
 * context. Those that change files or rows are for times when nothing else runs on the data folder.
 */ export class StorageCommands {
    constructor(config){
        this.config = config;
        this.locks = [];
        this.clock = new SystemClock();
        const node = new NodeIdentity(config);
        this.node = node;
        this.stores = openStorageStores(config, node);
        this.identity = new FolderIdentity(config);
        this.folder = new LocalCarFolder(config, node);
        this.lostAndFound = new LostAndFound(config, this.folder, this.clock);
        this.check = new PlatformCheck(config, this.identity, this.folder, this.stores.platform);
    }
    /** Changes nothing. @throws StorageMismatch when the data folder and the database do not belong together */ async assertTogether() {
        await this.check.assertMayBeTogether();
    }
    /** See `backUp`. Beside a running platform, or without. */ async backup(target) {
        const { check, folder, node, clock } = this;
        const { platform, snapshot } = this.stores;
        return backUp({
            check,
            folder,
            platform,
            snapshot,
            nodeId: node.id,
            clock
        }, target);
    }
    /** See `restore`. @throws StartRefused while a process works on the folder */ async restore(source) {
        await this.lockFolder();
        const { config, identity, folder } = this;
        return restore({
            config,
            identity,
            folder,
            platform: this.stores.platform,
            rows: this.stores.refill
        }, source);
    }
    /** See `adopt`. @throws StartRefused while a process works on the folder */ async adopt() {
        await this.lockFolder();
        const { check, identity, lostAndFound } = this;
        return adopt({
            check,
            identity,
            platform: this.stores.platform,
            lostAndFound
        });
    }
    /** See `rebuild`. @throws StartRefused while a process works on the folder */ async rebuild(options) {
        await this.lockFolder();
        const { check, identity, folder, lostAndFound, config } = this;
        const { platform, rebuild: rows } = this.stores;
        return rebuild({
            check,
            identity,
            folder,
            platform,
            rows,
            lostAndFound,
            forgetIndex: ()=>forgetIndex(config)
        }, options);
    }
    /** Both roles' locks, until it is disposed of. */ async lockFolder() {
        if (this.locks.length > 0) return;
        for (const role of [
            'api',
            'worker'
        ])this.locks.push(await lockDataFolder(this.config, role));
    }
    async [Symbol.asyncDispose]() {
        this.folder.onApplicationShutdown();
        await this.stores.close();
        for (const lock of this.locks.splice(0))lock.release();
    }
}

//# sourceMappingURL=storage-commands.js.map
