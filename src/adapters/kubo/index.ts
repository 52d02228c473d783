export { KuboModule } from './kubo.module.js';
