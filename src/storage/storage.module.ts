import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { AppConfig } from '../config/index.js';
import { CarFiles } from './ports/car-files.port.js';
import { NodeIdentity, type ProcessRole } from '../platform/process/index.js';
import { PostgresDagStore } from './store/postgres-dag.store.js';
import { PostgresHotRootsStore } from './store/postgres-hot-roots.store.js';
import { HotRoots } from './ports/hot-roots.port.js';
import { PostgresCarStore } from './store/postgres-car.store.js';
import { CarReclaimer } from './cars/car-reclaimer.js';
import { DagReferences } from './ports/dag-references.port.js';
import { DagStore } from './ports/dag-store.port.js';
import { HotBlocks } from './ports/hot-blocks.port.js';
import { AppLogger } from '../platform/logging/index.js';
import { Clock } from '../shared/index.js';
import { BlockIndex } from './blocks/block-index.js';
import { LocalCarFolder } from './places/local-car-folder.js';
import { StorageLifecycle } from './storage-lifecycle.js';
import { DiskSpace } from './places/disk-space.js';
import { FolderIdentity } from './places/folder-identity.js';
import { LostAndFound } from './places/lost-and-found.js';
import { PlatformCheck } from './cars/platform-check.js';
import { PostgresPlatformStore } from './store/postgres-platform.store.js';
import { NodeCarFiles } from './cars/node-car-files.js';
import { HideDead } from './cars/hide-dead.js';
import { SettleCopies } from './cars/settle-copies.js';
import { PostgresDeadStretchStore } from './store/postgres-dead-stretch.store.js';
import { RemoveDags } from './cars/remove-dags.js';
import { TrimRuns } from './cars/trim-runs.js';
import { TrimSchedule } from './cars/trim.schedule.js';
import { CarDagStore } from './cars/car-dag-store.js';
import { IndexedHotBlocks } from './blocks/indexed-hot-blocks.js';
import { rebuildIndex } from './blocks/index-rebuild.js';
import { limitsOf, NodeFiles } from './cars/node-files.js';
import { recoverCars } from './cars/recovery.js';
import { SegmentCommitter } from './cars/segment-committer.js';
import { SegmentSealer } from './cars/segment-sealer.js';
import { CarDamage } from './scrub/car-damage.js';
import { CarInspection } from './scrub/car-inspection.js';
import { ScrubPlan } from './scrub/scrub-plan.js';
import { Scrubber } from './scrub/scrubber.js';
import { ScrubSchedule } from './scrub/scrub.schedule.js';
import { VerifiedBlocks } from './blocks/verified-blocks.js';
import { DamageFindings } from './store/damage-findings.query.js';
import { PostgresCopyStore } from './store/postgres-copy.store.js';
import { BufferedBlocks } from './blocks/indexed-hot-blocks.js';

/** Opened, and rebuilt where it cannot be trusted, before anybody gets it; one process at a time. */
function indexProvider(role: ProcessRole): Provider {
  return {
    provide: BlockIndex,
    inject: [AppConfig, LocalCarFolder, PostgresCarStore, PlatformCheck, AppLogger],
    useFactory: async (
      config: AppConfig,
      folder: LocalCarFolder,
      cars: PostgresCarStore,
      check: PlatformCheck,
      logger: AppLogger,
    ) => {
      const index = new BlockIndex(config, role);
      await cars.exclusively('block-index', async () => {
        await check.assertTogether();
        if (await cars.nameCopies(async (id) => (await folder.sizeOf(id)) !== null))
          logger.info('the CARs of this data folder bear the name of its node now');
        if (await index.open()) return;
        const blocks = await rebuildIndex(folder, index, cars);
        logger.info({ blocks }, 'block index rebuilt from the CAR files');
      });
      return index;
    },
  };
}

function filesProvider(role: ProcessRole): Provider {
  return {
    provide: NodeFiles,
    inject: [AppConfig, NodeIdentity, LocalCarFolder, BlockIndex, PostgresCarStore, DiskSpace],
    useFactory: (
      config: AppConfig,
      node: NodeIdentity,
      folder: LocalCarFolder,
      index: BlockIndex,
      cars: PostgresCarStore,
      space: DiskSpace,
    ) => new NodeFiles(node.processName(role), folder, index, cars, space, limitsOf(config)),
  };
}

type CommitterParts = [NodeFiles, DagReferences, SegmentSealer, CarReclaimer, SettleCopies, AppLogger, Clock];

/** What the last run left open is in order before anything new is taken. */
const committerProvider: Provider = {
  provide: SegmentCommitter,
  inject: [NodeFiles, DagReferences, SegmentSealer, CarReclaimer, SettleCopies, AppLogger, Clock],
  useFactory: async (...[node, references, sealer, reclaimer, copies, logger, clock]: CommitterParts) => {
    await copies.run();
    const committer = new SegmentCommitter(node, references, sealer, reclaimer, logger, clock);
    committer.resume(await recoverCars(node, reclaimer, logger));
    return committer;
  },
};

const storeProvider: Provider = {
  provide: DagStore,
  inject: [NodeFiles, PostgresDagStore, SegmentCommitter, CarReclaimer, HotBlocks, BufferedBlocks],
  useFactory: (
    node: NodeFiles,
    rows: PostgresDagStore,
    committer: SegmentCommitter,
    reclaimer: CarReclaimer,
    hotBlocks: HotBlocks,
    buffered: BufferedBlocks,
  ) => new CarDagStore({ node, rows, references: rows.references, committer, reclaimer, hotBlocks, buffered }),
};

/** CAR files in a folder, a block index in LMDB beside them: in both processes. */
@Module({})
export class StorageModule {
  static forProcess(role: ProcessRole): DynamicModule {
    return {
      module: StorageModule,
      global: true,
      providers: [
        LocalCarFolder,
        BufferedBlocks,
        FolderIdentity,
        LostAndFound,
        PlatformCheck,
        DiskSpace,
        SegmentSealer,
        StorageLifecycle,
        indexProvider(role),
        filesProvider(role),
        committerProvider,
        storeProvider,
        CarReclaimer,
        HideDead,
        SettleCopies,
        RemoveDags,
        VerifiedBlocks,
        CarDamage,
        CarInspection,
        ScrubPlan,
        Scrubber,
        TrimRuns,
        ...(role === 'worker' ? [ScrubSchedule, TrimSchedule] : []),
        PostgresCarStore,
        PostgresCopyStore,
        DamageFindings,
        PostgresDeadStretchStore,
        PostgresDagStore,
        PostgresPlatformStore,
        { provide: HotBlocks, useClass: IndexedHotBlocks },
        { provide: HotRoots, useClass: PostgresHotRootsStore },
        { provide: CarFiles, useClass: NodeCarFiles },
      ],
      exports: [HotBlocks, HotRoots, CarFiles, DagStore, RemoveDags, DamageFindings],
    };
  }
}
