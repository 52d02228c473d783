import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { AppLogger } from './platform/logging/index.js';
import { QueueRegistry } from './platform/queue/index.js';

const app = await NestFactory.createApplicationContext(AppModule.forProcess('worker'), { bufferLogs: true, abortOnError: false });
app.useLogger(app.get(AppLogger));
app.get(QueueRegistry).assertHandled();
