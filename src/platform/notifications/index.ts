export { NotificationListener } from './notification-listener.js';
