import { describe, expect, it } from '@jest/globals';
import { NO_SETTINGS, termsWithDefaults } from './user-settings.js';

const platform = { replication: 6, duration: 1_494_720, verified: false };
const caps = { replication: 6, duration: 1_494_720, mayChooseVerified: true };

describe('the terms of an upload', () => {
  it('are what it says, then what its user chose', () => {
    const settings = { ...NO_SETTINGS, replication: 3, duration: 600_000 };
    expect(termsWithDefaults(undefined, settings, platform, caps)).toEqual({ replication: 3, duration: 600_000 });
    expect(termsWithDefaults({ replication: 2 }, settings, platform, caps)).toEqual({
      replication: 2,
      duration: 600_000,
    });
    expect(termsWithDefaults({ maxPrice: '7' }, { ...NO_SETTINGS, verified: true }, platform, caps)).toEqual({
      maxPrice: '7',
      verified: true,
    });
  });

  it("are none where nothing differs from the platform's", () => {
    expect(termsWithDefaults(undefined, NO_SETTINGS, platform, caps)).toBeUndefined();
    expect(termsWithDefaults(undefined, { ...platform, prefer: 'price' }, platform, caps)).toBeUndefined();
  });

  it('stay within caps that were lowered since they were chosen', () => {
    const settings = { ...NO_SETTINGS, replication: 5, verified: true };
    expect(
      termsWithDefaults(undefined, settings, platform, { ...caps, replication: 2, mayChooseVerified: false }),
    ).toEqual({ replication: 2 });
  });
});
