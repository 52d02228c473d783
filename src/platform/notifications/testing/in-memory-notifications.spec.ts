import { InMemoryNotifications } from './in-memory-notifications.js';
import { describeNotificationsContract } from './notifications.contract.js';

describeNotificationsContract('in memory', () => {
  const notifications = new InMemoryNotifications();
  return Promise.resolve({ here: notifications, there: notifications, close: () => Promise.resolve() });
});
