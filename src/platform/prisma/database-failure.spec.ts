import { describe, expect, it } from '@jest/globals';
import { databaseFailure, DatabaseUnavailable } from './database-failure.js';

const withCode = (code: string, message = 'x') => Object.assign(new Error(message), { code });
const named = (name: string) => Object.assign(new Error('x'), { name });

describe('a failure of the database', () => {
  it.each([
    ['a refused connection', withCode('ECONNREFUSED')],
    [
      'one to several addresses',
      Object.assign(new AggregateError([withCode('ECONNREFUSED')]), { code: 'ECONNREFUSED' }),
    ],
    ['a connection that broke', new Error('Connection terminated unexpectedly')],
    ['no connection in time', new Error('timeout exceeded when trying to connect')],
    ['a server that shuts down', withCode('57P01')],
    ['a server that starts', withCode('57P03')],
    ['too many connections', withCode('53300')],
    ['what Prisma says of a closed connection', withCode('P1017')],
    ['what Prisma says of a transaction that got none', withCode('P2028')],
    ['a client of Prisma that could not start', named('PrismaClientInitializationError')],
    ['what its adapter says', Object.assign(new Error('x'), { cause: { kind: 'DatabaseNotReachable' } })],
    [
      'what its adapter says, wrapped',
      Object.assign(withCode('P2010'), { meta: { driverAdapterError: { cause: { kind: 'ConnectionClosed' } } } }),
    ],
  ])('is told by its name, and when to come again: %s', (_name, error) => {
    expect(databaseFailure(error)).toMatchObject({
      code: 'ERR_DATABASE_UNAVAILABLE',
      status: 503,
      retryable: true,
      retryAfterMs: 2_000,
      cause: error,
    });
  });

  it.each(['57014', '55P03', '40001', '40P01', '25006', '53100', 'P2034'])(
    'of one statement loses a job an attempt: %s',
    (code) => {
      const failure = databaseFailure(withCode(code));
      expect(failure).toMatchObject({ status: 503, retryable: true });
      expect(failure?.retryAfterMs).toBeUndefined();
    },
  );

  it.each([withCode('23505'), withCode('22P02'), withCode('42P01'), withCode('P2002'), new Error('why'), 'text', null])(
    'is not what our own statements did wrong: %s',
    (error) => {
      expect(databaseFailure(error)).toBeNull();
    },
  );

  it('is named once', () => {
    const failure = databaseFailure(withCode('57P01'));
    expect(databaseFailure(failure)).toBe(failure);
    expect(databaseFailure(new Error('the seam', { cause: failure }))).toBeInstanceOf(DatabaseUnavailable);
  });

  it('that is its own cause ends the search', () => {
    const error: Error & { cause?: unknown } = new Error('round');
    error.cause = error;
    expect(databaseFailure(error)).toBeNull();
  });
});
