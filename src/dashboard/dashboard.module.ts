import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { BuiltPages } from './http/built-pages.js';
import { ServePages } from './http/serve-pages.js';

/** Where the set-up puts the built client: beside our own compiled code, or, when run from src/, in dist/. */
function builtFolder(): string {
  const beside = join(import.meta.dirname, '..', 'ui');
  return existsSync(beside) ? beside : join(import.meta.dirname, '..', '..', 'dist', 'ui');
}

@Module({ providers: [{ provide: BuiltPages, useFactory: () => BuiltPages.load(builtFolder()) }, ServePages] })
/** The pages, in the API process alone. */
export class DashboardHttpModule {}
