import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { AppLogger } from './platform/logging/index.js';
import { runProcess } from './platform/process/index.js';
import { QueueRegistry } from './platform/queue/index.js';

// The back door: everything that happens later.
await runProcess('worker', async ({ config, fence, clock }) => {
  const app = await NestFactory.createApplicationContext(AppModule.forProcess('worker', { config, fence, clock }), {
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(AppLogger));
  app.get(QueueRegistry).assertHandled();
  return app;
});
