import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import {
  CarFiles,
  CarLedger,
  CarReclaimer,
  ContentLedgerModule,
  DagLedger,
  DagStore,
  HotBlocks,
  type CarOwner,
} from '../../content/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { BlockIndex } from './block-index.js';
import { CarFolder } from './car-folder.js';
import { CarStoreLifecycle } from './car-store-lifecycle.js';
import { DiskSpace } from './disk-space.js';
import { FolderCarFiles } from './folder-car-files.js';
import { FolderCarReclaimer } from './folder-car-reclaimer.js';
import { FolderDagStore } from './folder-dag-store.js';
import { FolderHotBlocks } from './folder-hot-blocks.js';
import { rebuildIndex } from './index-rebuild.js';
import { limitsOf, NodeFiles } from './node-files.js';
import { OpenFiles } from './open-files.js';
import { recoverCars } from './recovery.js';
import { SegmentCommitter } from './segment-committer.js';
import { SegmentSealer } from './segment-sealer.js';
import { WaitingBlocks } from './waiting-blocks.js';

/** Opened, and rebuilt where it cannot be trusted, before anybody gets it; one process at a time. */
function indexProvider(owner: CarOwner): Provider {
  return {
    provide: BlockIndex,
    inject: [AppConfig, CarFolder, CarLedger, AppLogger],
    useFactory: async (config: AppConfig, folder: CarFolder, ledger: CarLedger, logger: AppLogger) => {
      const index = new BlockIndex(config, owner);
      await ledger.exclusively('block-index', async () => {
        if (await index.open()) return;
        const blocks = await rebuildIndex(folder, index, ledger);
        logger.info({ blocks }, 'block index rebuilt from the CAR files');
      });
      return index;
    },
  };
}

function filesProvider(owner: CarOwner): Provider {
  return {
    provide: NodeFiles,
    inject: [AppConfig, CarFolder, BlockIndex, CarLedger, DiskSpace],
    useFactory: (config: AppConfig, folder: CarFolder, index: BlockIndex, cars: CarLedger, space: DiskSpace) =>
      new NodeFiles(owner, folder, index, cars, space, limitsOf(config)),
  };
}

/** What the last run left open is in order before anything new is taken. */
const committerProvider: Provider = {
  provide: SegmentCommitter,
  inject: [NodeFiles, DagLedger, SegmentSealer, CarReclaimer, AppLogger],
  useFactory: async (
    node: NodeFiles,
    dags: DagLedger,
    sealer: SegmentSealer,
    reclaimer: CarReclaimer,
    logger: AppLogger,
  ) => {
    const committer = new SegmentCommitter(node, dags, sealer, reclaimer, logger);
    committer.resume(await recoverCars(node, reclaimer, logger));
    return committer;
  },
};

const storeProvider: Provider = {
  provide: DagStore,
  inject: [NodeFiles, DagLedger, SegmentCommitter, CarReclaimer, HotBlocks, WaitingBlocks],
  useFactory: (
    node: NodeFiles,
    dags: DagLedger,
    committer: SegmentCommitter,
    reclaimer: CarReclaimer,
    hotBlocks: HotBlocks,
    waiting: WaitingBlocks,
  ) => new FolderDagStore({ node, dags, committer, reclaimer, hotBlocks, waiting }),
};

/** CAR files in a folder, a block index in LMDB beside them: fills the content room's ports in both processes. */
@Module({})
export class CarStoreModule {
  static forProcess(owner: CarOwner): DynamicModule {
    return {
      module: CarStoreModule,
      global: true,
      imports: [ContentLedgerModule],
      providers: [
        CarFolder,
        OpenFiles,
        WaitingBlocks,
        DiskSpace,
        SegmentSealer,
        CarStoreLifecycle,
        indexProvider(owner),
        filesProvider(owner),
        committerProvider,
        storeProvider,
        FolderCarReclaimer,
        { provide: HotBlocks, useClass: FolderHotBlocks },
        { provide: CarFiles, useClass: FolderCarFiles },
        { provide: CarReclaimer, useExisting: FolderCarReclaimer },
      ],
      exports: [HotBlocks, CarFiles, DagStore, CarReclaimer],
    };
  }
}
