export { LotusModule } from './lotus.module.js';

//# sourceMappingURL=index.js.map
