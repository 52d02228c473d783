import { Global, Module } from '@nestjs/common';
import { HealthChecks } from './health-checks.js';
import { HealthController } from './health.controller.js';
import { InsideAccess } from './inside-access.js';
import { Heartbeat } from './heartbeat.js';
import { ProcessRecords } from './process-records.js';
import { Readiness } from './readiness.js';
import { WorkerListener } from './worker-listener.js';

@Global()
@Module({
  providers: [HealthChecks, Heartbeat, InsideAccess, ProcessRecords, Readiness],
  exports: [HealthChecks, Heartbeat, InsideAccess, Readiness],
})
export class HealthModule {}

@Module({ controllers: [HealthController] })
export class HealthHttpModule {}

@Module({ providers: [WorkerListener] })
export class HealthWorkerModule {}
