import 'reflect-metadata';
import { AppModule } from './app.module.js';
import { AppConfig } from './config/index.js';
import { createHttpApp, serveDocs } from './platform/http/index.js';
import { runProcess } from './platform/process/index.js';

// The front door: HTTP.
await runProcess('api', async () => {
  const config = AppConfig.fromProcess();
  const app = await createHttpApp(AppModule.forProcess('api', { config }));
  serveDocs(app, config.publicUrl);
  await app.listen(config.values.PORT, config.values.HOST);
  return app;
});
