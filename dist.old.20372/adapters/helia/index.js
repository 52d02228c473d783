export { HeliaModule } from './helia.module.js';

//# sourceMappingURL=index.js.map
