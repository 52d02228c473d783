import type { INestApplicationContext } from '@nestjs/common';
import type { UserId } from '../../shared/index.js';
import { ApiKeyRegistry, UserRegistry, type Role, type Scope } from '../index.js';

/** A user that a test made, and what it sends to be that user. */
export interface TestCaller {
  userId: UserId;
  /** For `authorization: Bearer <token>`. */
  token: string;
  headers: { authorization: string };
}

let made = 0;

/** A new user with a key, in an application that has AccountsModule: `const ann = await testCaller(app)`. */
export async function testCaller(
  app: INestApplicationContext,
  options: { scope?: Scope; role?: Role; username?: string } = {},
): Promise<TestCaller> {
  const { scope = 'user', role = scope === 'admin' ? 'admin' : 'user', username = `tester-${(made += 1)}` } = options;
  const user = await app.get(UserRegistry, { strict: false }).create({ username, role });
  const { token } = await app
    .get(ApiKeyRegistry, { strict: false })
    .create({ userId: user.id, scope, label: '', expiry: 'false' });
  return { userId: user.id, token, headers: { authorization: `Bearer ${token}` } };
}
