export { AppConfig, ConfigError } from './app-config.js';
export { environmentSchema, type Environment } from './config.schema.js';
