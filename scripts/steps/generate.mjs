import { join } from 'node:path';
import { pinnedNode } from './pinned-node.mjs';
import { root } from './root.mjs';
import { runQuietly } from './run.mjs';

/**
 * Generates the database client from prisma/schema.prisma. Generating needs no engine, yet Prisma's CLI insists on
 * downloading one unless it is told where it lies: any program that exists will do, it is never run.
 */
export async function generatePrismaClient() {
  await runQuietly(pinnedNode(), [join(root, 'node_modules', 'prisma', 'build', 'index.js'), 'generate'], {
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
  });
}
