import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import { AppConfig } from '../../config/index.js';
import { AppLogger } from '../logging/index.js';
import type { StatementRunner } from '../prisma/index.js';
import { PostgresNotifications } from './postgres-notifications.js';

describe('notifying', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('happens at once, then once for all who ask meanwhile, each channel by itself, and hurts nobody when it fails', () => {
    const sent: unknown[] = [];
    const database: StatementRunner = {
      runStatement: (_statement, [channel]) => {
        sent.push(channel);
        return Promise.reject(new Error('no connection'));
      },
    };
    const logger = new AppLogger({ level: 'silent', process: 'test' });
    const notifications = new PostgresNotifications(AppConfig.parse({}), database, new TestClock(), logger);
    notifications.notify('a');
    for (let n = 0; n < 50; n++) notifications.notify('a');
    notifications.notify('b');
    expect(sent).toEqual(['a', 'b']);
    jest.advanceTimersByTime(100);
    expect(sent).toEqual(['a', 'b', 'a']);
    jest.advanceTimersByTime(1_000);
    expect(sent).toHaveLength(3);
    notifications.notify('a');
    expect(sent).toHaveLength(4);
  });
});
