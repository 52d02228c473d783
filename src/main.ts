import 'reflect-metadata';
import { AppModule } from './app.module.js';
import { AppConfig } from './config/index.js';
import { createHttpApp } from './platform/http/index.js';

const { HOST, PORT } = AppConfig.fromProcess().values;
const app = await createHttpApp(AppModule.forProcess('api'));
await app.listen(PORT, HOST);
