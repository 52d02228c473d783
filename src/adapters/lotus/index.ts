export { LotusModule } from './lotus.module.js';
