import { Global, Module } from '@nestjs/common';
import { HealthChecks } from './health-checks.js';
import { HealthController } from './health.controller.js';
import { InsideAccess } from './inside-access.js';
import { Heartbeat } from './heartbeat.js';
import { ProcessRecords } from './process-records.js';
import { Readiness } from './readiness.js';
import { WorkerListener } from './worker-listener.js';

/** What says whether this process is well, for every room to register with. */
@Global()
@Module({
  providers: [HealthChecks, Heartbeat, InsideAccess, ProcessRecords, Readiness],
  exports: [HealthChecks, Heartbeat, InsideAccess, Readiness],
})
export class HealthModule {}

/** The routes `/health`, `/ready` and `/metrics`. For the API process. */
@Module({ controllers: [HealthController] })
export class HealthHttpModule {}

/** The worker's own small listener. */
@Module({ providers: [WorkerListener] })
export class HealthWorkerModule {}
