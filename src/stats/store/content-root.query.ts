import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/prisma/index.js';
import { parseRowId } from '../../shared/index.js';

@Injectable()
export class ContentRootQuery {
  constructor(private readonly db: Database) {}

  /** Root of a content's DAG, CIDv1 text; empty when there is no such content. */
  async rootOf(contentId: string): Promise<string> {
    const id = parseRowId(contentId);
    if (id === null) return '';
    const content = await this.db.content.findUnique({ where: { id }, select: { dag: { select: { root: true } } } });
    return content?.dag.root ?? '';
  }
}
