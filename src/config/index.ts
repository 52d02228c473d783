export { AppConfig, ConfigError } from './app-config.js';
export { environmentSchema, type Environment, type RoutingSystem } from './config.schema.js';
export { withRenamedSettings } from './renamed-settings.js';
