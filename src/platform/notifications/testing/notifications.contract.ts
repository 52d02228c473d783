import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../../../../test/support/until.js';
import type { Notifications } from '../notifications.js';

/** Notifications, the same ones seen by another process, and how to let go of both. */
export interface NotificationsSetting {
  here: Notifications;
  there: Notifications;
  close: () => Promise<void>;
}

export function describeNotificationsContract(name: string, make: () => Promise<NotificationsSetting>): void {
  describe(`notifications, ${name}`, () => {
    let setting: NotificationsSetting;

    beforeAll(async () => {
      setting = await make();
    });
    afterAll(() => setting.close());

    /** Subscribes and waits until that has reached the database. */
    async function subscribed(channel: string): Promise<{ count: () => number; end: () => void }> {
      let wakes = 0;
      const end = setting.here.subscribe(channel, () => (wakes += 1));
      await until(() => wakes > 0, { what: `the first look at ${channel} happens` });
      wakes = 0;
      return { count: () => wakes, end };
    }

    it('wakes every subscriber of the channel, whichever process notifies', async () => {
      const [one, other] = [await subscribed('contract_all'), await subscribed('contract_all')];
      setting.there.notify('contract_all');
      await until(() => one.count() > 0 && other.count() > 0, { what: 'both are woken' });
    });

    it('wakes no subscriber of another channel', async () => {
      const [meant, other] = [await subscribed('contract_meant'), await subscribed('contract_other')];
      setting.there.notify('contract_meant');
      await until(() => meant.count() > 0);
      expect(other.count()).toBe(0);
    });

    it('wakes nobody whose subscription ended', async () => {
      const [gone, stays] = [await subscribed('contract_end'), await subscribed('contract_end')];
      gone.end();
      gone.end();
      setting.there.notify('contract_end');
      await until(() => stays.count() > 0);
      expect(gone.count()).toBe(0);
    });
  });
}
