export { Notifications } from './notifications.js';
export { PostgresNotifications } from './postgres-notifications.js';
