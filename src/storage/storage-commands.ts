import { AppConfig } from '../config/index.js';
import { NodeIdentity } from '../platform/process/index.js';
import { SystemClock } from '../shared/index.js';
import { forgetIndex } from './blocks/block-index.js';
import { PlatformCheck } from './cars/platform-check.js';
import { adopt, type Adopted } from './commands/adopt.js';
import { rebuild, type Rebuilt } from './commands/rebuild.js';
import { FolderIdentity } from './places/folder-identity.js';
import { LocalCarFolder } from './places/local-car-folder.js';
import { LostAndFound } from './places/lost-and-found.js';
import { openStorageStores } from './store/open-storage-stores.js';

/**
 * What the command line offers of this room, wired by hand: a command starts in a fraction of the time of a Nest
 * context. Those that change files or rows are for times when nothing else runs on the data folder.
 */
export class StorageCommands implements AsyncDisposable {
  private readonly stores: ReturnType<typeof openStorageStores>;
  private readonly identity: FolderIdentity;
  private readonly folder: LocalCarFolder;
  private readonly lostAndFound: LostAndFound;
  private readonly check: PlatformCheck;

  constructor(private readonly config: AppConfig) {
    const node = new NodeIdentity(config);
    this.stores = openStorageStores(config, node);
    this.identity = new FolderIdentity(config);
    this.folder = new LocalCarFolder(config, node);
    this.lostAndFound = new LostAndFound(config, this.folder, new SystemClock());
    this.check = new PlatformCheck(config, this.identity, this.folder, this.stores.platform);
  }

  /** Changes nothing. @throws StorageMismatch when the data folder and the database do not belong together */
  async assertTogether(): Promise<void> {
    await this.check.assertMayBeTogether();
  }

  /** See `adopt`. */
  async adopt(): Promise<Adopted> {
    const { check, identity, lostAndFound } = this;
    return adopt({ check, identity, platform: this.stores.platform, lostAndFound });
  }

  /** See `rebuild`. */
  async rebuild(options: { lostAndFound: boolean }): Promise<Rebuilt> {
    const { check, identity, folder, lostAndFound, config } = this;
    const { platform, rebuild: rows } = this.stores;
    return rebuild(
      { check, identity, folder, platform, rows, lostAndFound, forgetIndex: () => forgetIndex(config) },
      options,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.folder.onApplicationShutdown();
    await this.stores.close();
  }
}
