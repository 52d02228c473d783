import { z } from 'zod';
import { isFilecoinAddress } from '../domain/filecoin-address.js';
import { LONGEST_PASSWORD } from '../domain/password.js';

/** Bounded before anything is made of it; the rules for new ones are the verb's. */
const secret = z.string().min(1).max(LONGEST_PASSWORD);
const username = z.string().min(1).max(200);

interface Secrets {
  password?: string | undefined;
  passwordHash?: string | undefined;
}

const oneSecret = ({ password, passwordHash }: Secrets): boolean =>
  (password === undefined) !== (passwordHash === undefined);
const NOT_ONE = { error: 'one of password and passwordHash', path: ['password'] };

/** The account's secret under either name: the password, or what Estuary's front end makes of it before it sends it. */
function secretOf<T extends Secrets>({
  password,
  passwordHash,
  ...rest
}: T): Omit<T, keyof Secrets> & { secret: string } {
  return { ...rest, secret: password ?? passwordHash ?? '' };
}

export const loginSchema = z
  .object({ username, password: secret.optional(), passwordHash: secret.optional() })
  .refine(oneSecret, NOT_ONE)
  .transform(secretOf);

export const registrationSchema = z
  .object({
    username,
    password: secret.optional(),
    passwordHash: secret.optional(),
    inviteCode: z.string().min(1).max(200),
  })
  .refine(oneSecret, NOT_ONE)
  .transform(secretOf);

/** Estuary's `newPasswordHash`, and the old one, which it did not ask for. */
export const passwordChangeSchema = z
  .object({
    oldPassword: secret.optional(),
    oldPasswordHash: secret.optional(),
    newPassword: secret.optional(),
    newPasswordHash: secret.optional(),
  })
  .refine(({ newPassword, newPasswordHash }) => oneSecret({ password: newPassword, passwordHash: newPasswordHash }), {
    error: 'one of newPassword and newPasswordHash',
    path: ['newPassword'],
  })
  .transform((change) => ({
    old: change.oldPassword ?? change.oldPasswordHash ?? null,
    next: change.newPassword ?? change.newPasswordHash ?? '',
  }));

export const addressSchema = z.object({
  address: z.string().refine((text) => text === '' || isFilecoinAddress(text), 'is not a Filecoin address'),
});

/** What a path and a log can hold. */
export const inviteCodeSchema = z
  .string()
  .regex(/^[\w.-]{1,64}$/, 'code: 1 to 64 letters, digits, dots, dashes or underscores');

/** `after`: the id of the last invite of the page before. */
export const invitePageSchema = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(500),
  after: z.uuid().optional(),
});
