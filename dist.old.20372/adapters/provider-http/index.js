export { ProviderHttpModule } from './provider-http.module.js';

//# sourceMappingURL=index.js.map
