import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { CarFiles, CarLedger, CarReclaimer, ContentLedgerModule, DagLedger, DagStore, HotBlocks, type CarOwner } from '../../content/index.js';
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
import { OpenFiles } from './open-files.js';
import { recoverCars } from './recovery.js';
import { SegmentCommitter } from './segment-committer.js';
import { SegmentSealer } from './segment-sealer.js';
import { WaitingBlocks } from './waiting-blocks.js';

/** A DAG joins the segment up to CONTENT_SMALL_LIMIT and this: the nodes that a file of just that size has on top. */
const NODES_ALLOWANCE = 64 * 1024;

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

function committerProvider(owner: CarOwner): Provider {
  return {
    provide: SegmentCommitter,
    inject: [AppConfig, CarFolder, BlockIndex, CarLedger, DagLedger, SegmentSealer, CarReclaimer, AppLogger],
    useFactory: async (
      config: AppConfig, folder: CarFolder, index: BlockIndex, ledger: CarLedger, dags: DagLedger, sealer: SegmentSealer, reclaimer: CarReclaimer, logger: AppLogger,
    ) => {
      const { SEGMENT_MAX_BYTES, SEGMENT_MAX_AGE_SECONDS, PIECE_CAR_LIMIT } = config.values;
      const limits = { maxBytes: Math.min(SEGMENT_MAX_BYTES, PIECE_CAR_LIMIT), maxAgeMs: SEGMENT_MAX_AGE_SECONDS * 1000 };
      const committer = new SegmentCommitter({ folder, index }, { cars: ledger, dags }, sealer, logger, owner, limits);
      committer.resume(await recoverCars(owner, { folder, index, ledger, reclaimer, logger }));
      return committer;
    },
  };
}

function storeProvider(owner: CarOwner): Provider {
  return {
    provide: DagStore,
    inject: [AppConfig, CarFolder, BlockIndex, CarLedger, DagLedger, SegmentCommitter, CarReclaimer, HotBlocks, WaitingBlocks, DiskSpace],
    useFactory: (
      config: AppConfig, folder: CarFolder, index: BlockIndex, cars: CarLedger, dags: DagLedger, committer: SegmentCommitter, reclaimer: CarReclaimer,
      hotBlocks: HotBlocks, waiting: WaitingBlocks, space: DiskSpace,
    ) => {
      const { CONTENT_SMALL_LIMIT, PIECE_CAR_LIMIT, DEALS_REPLICATION } = config.values;
      const parts = { folder, index, cars, owner, carLimit: PIECE_CAR_LIMIT };
      return new FolderDagStore({
        parts, dags, committer, reclaimer, hotBlocks, waiting, space, smallLimit: CONTENT_SMALL_LIMIT + NODES_ALLOWANCE, replication: DEALS_REPLICATION,
      }, dags);
    },
  };
}

/** CAR files in a folder, a block index in LMDB beside them: fills the content room's ports in both processes. */
@Module({})
export class CarStoreModule {
  static forProcess(owner: CarOwner): DynamicModule {
    return {
      module: CarStoreModule,
      global: true,
      imports: [ContentLedgerModule],
      providers: [
        CarFolder, OpenFiles, WaitingBlocks, DiskSpace, SegmentSealer, CarStoreLifecycle,
        indexProvider(owner), committerProvider(owner), storeProvider(owner),
        FolderCarReclaimer,
        { provide: HotBlocks, useClass: FolderHotBlocks },
        { provide: CarFiles, useClass: FolderCarFiles },
        { provide: CarReclaimer, useExisting: FolderCarReclaimer },
      ],
      exports: [HotBlocks, CarFiles, DagStore, CarReclaimer],
    };
  }
}
