export { AppLogger, logContext } from './app-logger.js';
