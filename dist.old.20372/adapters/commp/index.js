export { CommpModule } from './commp.module.js';

//# sourceMappingURL=index.js.map
