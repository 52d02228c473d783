import { AppConfig } from '../config/index.js';
import { lockDataFolder, NodeIdentity } from '../platform/process/index.js';
import { SystemClock } from '../shared/index.js';
import { forgetIndex } from './blocks/block-index.js';
import { PlatformCheck } from './cars/platform-check.js';
import { adopt, type Adopted } from './commands/adopt.js';
import { backUp, type BackupMade, type BackupProgress } from './commands/backup.js';
import type { Manifest } from './commands/backup-files.js';
import { rebuild, type Rebuilt } from './commands/rebuild.js';
import { restore } from './commands/restore.js';
import { FolderIdentity } from './places/folder-identity.js';
import { LocalCarFolder } from './places/local-car-folder.js';
import { LostAndFound } from './places/lost-and-found.js';
import { openStorageStores } from './store/open-storage-stores.js';

/**
 * What the command line offers of this room, wired by hand: a command starts in a fraction of the time of a Nest
 * context. Those that change files or rows are for times when nothing else runs on the data folder.
 */
export class StorageCommands implements AsyncDisposable {
  private readonly locks: Awaited<ReturnType<typeof lockDataFolder>>[] = [];
  private readonly clock = new SystemClock();
  private readonly node: NodeIdentity;
  private readonly stores: ReturnType<typeof openStorageStores>;
  private readonly identity: FolderIdentity;
  private readonly folder: LocalCarFolder;
  private readonly lostAndFound: LostAndFound;
  private readonly check: PlatformCheck;

  constructor(private readonly config: AppConfig) {
    const node = new NodeIdentity(config);
    this.node = node;
    this.stores = openStorageStores(config, node);
    this.identity = new FolderIdentity(config);
    this.folder = new LocalCarFolder(config, node);
    this.lostAndFound = new LostAndFound(config, this.folder, this.clock);
    this.check = new PlatformCheck(config, this.identity, this.folder, this.stores.platform);
  }

  /** Changes nothing. @throws StorageMismatch when the data folder and the database do not belong together */
  async assertTogether(): Promise<void> {
    await this.check.assertMayBeTogether();
  }

  /** See `backUp`. Beside a running platform, or without. */
  async backup(target: string, progress?: (progress: BackupProgress) => void): Promise<BackupMade> {
    const { check, folder, node, clock } = this;
    const { platform, snapshot } = this.stores;
    return backUp({ check, folder, platform, snapshot, nodeId: node.id, clock, progress }, target);
  }

  /** See `restore`. @throws StartRefused while a process works on the folder */
  async restore(source: string): Promise<Manifest> {
    await this.lockFolder();
    const { config, identity, folder } = this;
    return restore({ config, identity, folder, platform: this.stores.platform, rows: this.stores.refill }, source);
  }

  /** See `adopt`. @throws StartRefused while a process works on the folder */
  async adopt(): Promise<Adopted> {
    await this.lockFolder();
    const { check, identity, lostAndFound } = this;
    return adopt({ check, identity, platform: this.stores.platform, lostAndFound });
  }

  /** See `rebuild`. @throws StartRefused while a process works on the folder */
  async rebuild(options: { lostAndFound: boolean }): Promise<Rebuilt> {
    await this.lockFolder();
    const { check, identity, folder, lostAndFound, config } = this;
    const { platform, rebuild: rows } = this.stores;
    return rebuild(
      { check, identity, folder, platform, rows, lostAndFound, forgetIndex: () => forgetIndex(config) },
      options,
    );
  }

  /** Both roles' locks, until it is disposed of. */
  private async lockFolder(): Promise<void> {
    if (this.locks.length > 0) return;
    for (const role of ['api', 'worker'] as const) this.locks.push(await lockDataFolder(this.config, role));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.folder.onApplicationShutdown();
    await this.stores.close();
    for (const lock of this.locks.splice(0)) lock.release();
  }
}
