import { describe, expect, it } from '@jest/globals';
import { BadRequestException, HttpException, NotFoundException } from '@nestjs/common';
import { DomainError } from '../../shared/index.js';
import { answerOf, errorBody } from './error-answer.js';

class Refused extends DomainError {
  readonly code = 'ERR_REFUSED';
  override readonly status = 409;
}

class Broken extends DomainError {
  readonly code = 'ERR_BROKEN';
}

describe('the answer to a failure', () => {
  it('is what a named failure says of itself', () => {
    const failure = new Refused('not now', { details: { left: 3 }, retryAfterMs: 2_000 });
    expect(answerOf(failure, 'r1')).toEqual({
      status: 409,
      reason: 'ERR_REFUSED',
      details: 'not now',
      context: { left: 3 },
      retryAfterMs: 2_000,
      unexpected: false,
    });
    expect(answerOf(new Broken('why'), 'r1')).toMatchObject({ status: 500, reason: 'ERR_BROKEN', unexpected: true });
  });

  it.each([
    [new NotFoundException('Cannot GET /x'), 404, 'ERR_ROUTE_NOT_FOUND'],
    [new BadRequestException('bad'), 400, 'ERR_BAD_REQUEST'],
    [new HttpException('slow down', 429), 429, 'ERR_TOO_MANY_REQUESTS'],
    [new HttpException('a teapot', 418), 418, 'ERR_BAD_REQUEST'],
    [new HttpException('later', 503), 503, 'ERR_UNAVAILABLE'],
    [Object.assign(new Error('large'), { statusCode: 413 }), 413, 'ERR_CONTENT_SIZE_OVER_LIMIT'],
  ])('has a reason for what the framework raises: %s', (error, status, reason) => {
    expect(answerOf(error, 'r1')).toMatchObject({ status, reason, unexpected: false });
  });

  it.each([
    new Error('select password from users'),
    'a string',
    null,
    Object.assign(new Error('x'), { statusCode: 500 }),
  ])('tells nothing of what nobody named: %s', (error) => {
    expect(answerOf(error, 'r1')).toEqual({
      status: 500,
      reason: 'ERR_INTERNAL_SERVER',
      details: 'unexpected failure, request r1',
      unexpected: true,
    });
  });
});

describe('the body of an answer', () => {
  const answer = { status: 409, reason: 'ERR_REFUSED', details: 'not now', context: { left: 3 }, unexpected: false };

  it("is Estuary's, with what the failure carries", () => {
    expect(errorBody(answer, '/content/1')).toEqual({
      error: { code: 409, reason: 'ERR_REFUSED', details: 'not now', context: { left: 3 } },
    });
    expect(errorBody({ ...answer, context: {} }, '/')).toEqual({
      error: { code: 409, reason: 'ERR_REFUSED', details: 'not now' },
    });
  });

  it.each(['/pinning', '/pinning/pins', '/pinning?x=1'])("is the pinning specification's on %s", (path) => {
    expect(errorBody(answer, path)).toEqual({ error: { reason: 'ERR_REFUSED', details: 'not now' } });
    expect(errorBody(answer, '/pinningfork')).toMatchObject({ error: { code: 409 } });
  });
});
