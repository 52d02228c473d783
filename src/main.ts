import 'reflect-metadata';
import { AppModule } from './app.module.js';
import { pathOfHost } from './gateway/index.js';
import { createHttpApp, serveDocs } from './platform/http/index.js';
import { runProcess } from './platform/process/index.js';

// The front door: HTTP.
await runProcess('api', async ({ config, fence, clock }) => {
  const app = await createHttpApp(AppModule.forProcess('api', { config, fence, clock }), ({ url, host }) =>
    pathOfHost(url, host, config.values.GATEWAY_HOST),
  );
  serveDocs(app, config.publicUrl);
  await app.listen(config.values.PORT, config.values.HOST);
  return app;
});
