export { CarStoreModule } from './car-store.module.js';
