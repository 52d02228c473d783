import 'reflect-metadata';
import { AppModule } from './app.module.js';
import { createHttpApp, serveDocs } from './platform/http/index.js';
import { runProcess } from './platform/process/index.js';
// The front door: HTTP.
await runProcess('api', async ({ config, fence })=>{
    const app = await createHttpApp(AppModule.forProcess('api', {
        config,
        fence
    }));
    serveDocs(app, config.publicUrl);
    await app.listen(config.values.PORT, config.values.HOST);
    return app;
});

//# sourceMappingURL=main.js.map
