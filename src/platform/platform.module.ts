import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AppConfig } from '../config/index.js';
import { Clock, SystemClock } from '../shared/index.js';
import { HealthModule } from './health/index.js';
import { Admission, ErrorFilter, RouteTable } from './http/index.js';
import { AppLogger } from './logging/index.js';
import { Metrics } from './metrics/index.js';
import { Notifications, PostgresNotifications } from './notifications/index.js';
import { EventSubscribers, Outbox } from './outbox/index.js';
import { Database } from './prisma/index.js';
import { NodeIdentity, OpenFence, ProcessInfo, WriterFence, type ProcessRole } from './process/index.js';
import { QueueModule } from './queue/index.js';
import { PostgresRateBudgets, RateBudgets, Rates } from './rates/index.js';
import { Settings } from './settings/index.js';

export type { ProcessRole };

/** Which process this is; every process of the platform is built on this module. */
export interface PlatformOptions {
  process: ProcessRole | 'cli';
  /** Default: read from the environment. Tests hand theirs in. */
  config?: AppConfig;
  /** Default: nobody can take this process's place. Servers hand in the lock that they hold. */
  fence?: WriterFence;
  /** Default: that of this machine. Servers hand in the database's. */
  clock?: Clock;
}

/** What every room stands on: settings, logs, clock, database, outbox, queues, health, metrics. Global. */
@Module({})
export class PlatformModule {
  /** Once per application. Reads the settings at once. @throws ConfigError naming every setting that is wrong. */
  static forRoot(options: PlatformOptions): DynamicModule {
    const config = options.config ?? AppConfig.fromProcess();
    const logger = new AppLogger({ level: config.values.LOG_LEVEL, process: options.process });
    const shared = [
      Clock,
      AppConfig,
      AppLogger,
      Database,
      Notifications,
      Outbox,
      EventSubscribers,
      Metrics,
      NodeIdentity,
      ProcessInfo,
      Rates,
      Settings,
      WriterFence,
    ];
    return {
      module: PlatformModule,
      global: true,
      imports: [QueueModule.forRoot(), HealthModule],
      providers: [
        { provide: AppConfig, useValue: config },
        { provide: AppLogger, useValue: logger },
        NodeIdentity,
        { provide: ProcessInfo, useValue: new ProcessInfo(options.process) },
        { provide: WriterFence, useValue: options.fence ?? new OpenFence() },
        { provide: Clock, useValue: options.clock ?? new SystemClock() },
        Database,
        { provide: Notifications, useClass: PostgresNotifications },
        Outbox,
        EventSubscribers,
        Metrics,
        Settings,
        Admission,
        RouteTable,
        { provide: RateBudgets, useClass: PostgresRateBudgets },
        Rates,
        { provide: APP_FILTER, useClass: ErrorFilter },
      ],
      exports: [...shared, Admission, RouteTable],
    };
  }
}
