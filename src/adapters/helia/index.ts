export { HeliaModule } from './helia.module.js';
