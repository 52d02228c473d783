import { Injectable, NotFoundException, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { BuiltPages, encodingFor, type PageFile } from './built-pages.js';
import { filePaths, pagePaths } from '../domain/page-paths.js';

/**
 * No script but our own files, nothing from elsewhere, in nobody's frame. Styles may stand in the page: the component
 * library sets its sizes so.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');
const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  vary: 'accept-encoding',
};
/** Names of files bear a hash of their bytes: what a name stands for never changes. */
const FOR_EVER = 'public, max-age=31536000, immutable';
/** Asked for again each time; mostly answered with 304. */
const EACH_TIME = 'no-cache';

/**
 * The web client, to everybody: `index.html` for the paths of its pages, and its files. Registers these paths and no
 * others, so that an unknown path of the API stays a 404. Where the client was not built, `/` leads to the API's
 * description.
 */
@Injectable()
export class ServePages implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly pages: BuiltPages,
  ) {}

  onModuleInit(): void {
    const instance = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    for (const path of pagePaths) instance.get(path, (request, reply) => this.sendPage(request, reply));
    for (const path of filePaths) instance.get(path, (request, reply) => this.sendFile(request, reply));
  }

  private sendPage(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { index } = this.pages;
    return index === undefined ? reply.redirect('/docs') : send(index, EACH_TIME, request, reply);
  }

  private sendFile(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const path = request.url.split('?')[0] ?? '';
    const file = this.pages.file(path);
    if (file === undefined) throw new NotFoundException(`no such file: ${path}`);
    return send(file, path.startsWith('/assets/') ? FOR_EVER : EACH_TIME, request, reply);
  }
}

/** 304 where the client has it already (RFC 9110, 13.1.2). */
function send(file: PageFile, cached: string, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const encoding = encodingFor(request.headers['accept-encoding'], file.bodies);
  const etag = encoding === 'identity' ? `"${file.etag}"` : `"${file.etag}-${encoding}"`;
  void reply.headers({ ...HEADERS, 'cache-control': cached, etag });
  const known = (request.headers['if-none-match'] ?? '').split(',').map((text) => text.trim().replace(/^W\//, ''));
  if (known.includes(etag) || known.includes('*')) return reply.code(304).send();
  if (encoding !== 'identity') void reply.header('content-encoding', encoding);
  return reply.type(file.type).send(file.bodies.get(encoding));
}
