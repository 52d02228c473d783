import { Module, type DynamicModule } from '@nestjs/common';
import { AccountsHttpModule, AccountsModule } from './accounts/index.js';
import { HealthHttpModule, HealthWorkerModule } from './platform/health/index.js';
import { OutboxJobsModule } from './platform/outbox/index.js';
import { PlatformModule, type PlatformOptions, type ProcessRole } from './platform/platform.module.js';

/** Both processes: what the rooms know and can do, and the adapters that fill their ports. */
function rooms(_role: ProcessRole): NonNullable<DynamicModule['imports']> {
  return [AccountsModule];
}

/** HTTP in and out. */
const doors: NonNullable<DynamicModule['imports']> = [HealthHttpModule, AccountsHttpModule];

/** What happens later. */
const jobs: NonNullable<DynamicModule['imports']> = [HealthWorkerModule, OutboxJobsModule];

/** The floor plan: which rooms open in which process, and who fills whose ports. */
@Module({})
export class AppModule {
  static forProcess(role: ProcessRole, options: Omit<PlatformOptions, 'process'> = {}): DynamicModule {
    return {
      module: AppModule,
      imports: [PlatformModule.forRoot({ process: role, ...options }), ...rooms(role), ...(role === 'api' ? doors : jobs)],
    };
  }
}
