import { sql } from '../../platform/prisma/index.js';

/**
 * Holds the account's row while a session is added: a change of the password waits for it and sees the session, or came
 * before it and the hash is another.
 */
export const HOLD_PASSWORD = sql<{ id: string }, [userId: string, passwordHash: string]>(
  'SELECT id::text AS id FROM users WHERE id = $1::uuid AND password_hash = $2 FOR SHARE',
);

/** 0 rows when the account was warned of this quota already. */
export const ADD_WARNING = sql<never, [userId: string, quota: string]>(
  'INSERT INTO quota_warnings (user_id, quota) VALUES ($1::uuid, $2) ON CONFLICT DO NOTHING',
);
