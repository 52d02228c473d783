export { ProviderHttpModule } from './provider-http.module.js';
