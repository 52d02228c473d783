export { KuboModule } from './kubo.module.js';

//# sourceMappingURL=index.js.map
