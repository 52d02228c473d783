import { Module, type DynamicModule } from '@nestjs/common';
import { AccountsHttpModule, AccountsModule } from './accounts/index.js';
import { StorageModule } from './storage/index.js';
import { CommpModule } from './adapters/commp/index.js';
import { LotusModule } from './adapters/lotus/index.js';
import { ProviderHttpModule } from './adapters/provider-http/index.js';
import { ChainHttpModule, ChainModule } from './chain/index.js';
import { AppConfig } from './config/index.js';
import { ContentHttpModule, ContentModule, ResumableUploadsModule } from './content/index.js';
import { DealsHttpModule, DealsJobsModule, DealsModule } from './deals/index.js';
import { EventsHttpModule, EventsJobsModule } from './events/index.js';
import { GatewayHttpModule } from './gateway/index.js';
import { MinersHttpModule, MinersJobsModule, MinersModule } from './miners/index.js';
import { NetworkHttpModule, NetworkJobsModule, NetworkModule, NetworkPortsModule } from './network/index.js';
import { PinningHttpModule, PinningJobsModule, PinningModule } from './pinning/index.js';
import { DashboardHttpModule } from './dashboard/index.js';
import { HealthHttpModule, HealthWorkerModule } from './platform/health/index.js';
import { OutboxJobsModule } from './platform/outbox/index.js';
import { PlatformModule, type PlatformOptions, type ProcessRole } from './platform/platform.module.js';
import { RetrievalHttpModule, RetrievalJobsModule, RetrievalModule, RetrievalPortsModule } from './retrieval/index.js';
import { StatsHttpModule, StatsJobsModule, StatsModule, StatsPortsModule } from './stats/index.js';

/** Both processes: what the rooms know and can do, and the adapters that fill their ports. */
function rooms(role: ProcessRole): NonNullable<DynamicModule['imports']> {
  return [
    StorageModule.forProcess(role),
    LotusModule,
    StatsPortsModule,
    AccountsModule,
    ContentModule,
    NetworkModule,
    PinningModule,
    ChainModule,
    MinersModule,
    DealsModule,
    RetrievalModule,
    StatsModule,
  ];
}

/** HTTP in and out. */
const doors: NonNullable<DynamicModule['imports']> = [
  HealthHttpModule,
  DashboardHttpModule,
  AccountsHttpModule,
  ContentHttpModule,
  ResumableUploadsModule,
  NetworkPortsModule,
  NetworkHttpModule,
  PinningHttpModule,
  ChainHttpModule,
  MinersHttpModule,
  DealsHttpModule,
  RetrievalHttpModule,
  GatewayHttpModule,
  StatsHttpModule,
  EventsHttpModule,
];

/** What happens later. */
const jobs: NonNullable<DynamicModule['imports']> = [
  HealthWorkerModule,
  OutboxJobsModule,
  CommpModule,
  ProviderHttpModule,
  RetrievalPortsModule,
  NetworkJobsModule,
  PinningJobsModule,
  MinersJobsModule,
  DealsJobsModule,
  RetrievalJobsModule,
  StatsJobsModule,
  EventsJobsModule,
];

/** Our node among IPFS peers: a Kubo beside us, or Helia in the process. Only the chosen one is ever loaded. */
async function ipfsNode(config: AppConfig): Promise<DynamicModule> {
  if (config.values.KUBO_RPC_URL !== undefined)
    return { module: (await import('./adapters/kubo/index.js')).KuboModule };
  return { module: (await import('./adapters/helia/index.js')).HeliaModule };
}

/** The floor plan: which rooms open in which process, and who fills whose ports. */
@Module({})
export class AppModule {
  static forProcess(role: ProcessRole, options: Omit<PlatformOptions, 'process'> = {}): DynamicModule {
    const config = options.config ?? AppConfig.fromProcess();
    return {
      module: AppModule,
      imports: [
        PlatformModule.forRoot({ process: role, ...options, config }),
        ...rooms(role),
        ...(role === 'api' ? doors : [ipfsNode(config), ...jobs]),
      ],
    };
  }
}
