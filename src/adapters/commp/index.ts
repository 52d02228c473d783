export { CommpModule } from './commp.module.js';
