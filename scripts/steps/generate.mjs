import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './root.mjs';

const schemaPath = join(root, 'prisma', 'schema.prisma');
const output = join(root, 'src', 'platform', 'prisma', 'generated');

/**
 * Generates the database client from prisma/schema.prisma with the generator that Prisma's command would call. The command itself
 * (240 MB with its studio, its development server and what they need) is not installed: nothing else of it was used.
 */
export async function generatePrismaClient() {
  // Their ES modules do not load in Node (imports without file names); the CommonJS ones do.
  const require = createRequire(import.meta.url);
  const { PrismaClientTsGenerator } = require('@prisma/client-generator-ts');
  const { getDMMF } = require('@prisma/get-dmmf');
  const { get_config } = require('@prisma/prisma-schema-wasm');

  const datamodel = readFileSync(schemaPath, 'utf8');
  const files = [[schemaPath, datamodel]];
  const question = { prismaSchema: files, datasourceOverrides: {}, ignoreEnvVarErrors: true, env: {} };
  const { config, errors } = JSON.parse(get_config(JSON.stringify(question)));
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  const dmmf = getDMMF({ datamodel: files });
  if ('error' in dmmf) throw new Error(`prisma/schema.prisma is not valid: ${dmmf.reason}`, { cause: dmmf.error });

  const [generator] = config.generators;
  await new PrismaClientTsGenerator().generate({
    generator: { ...generator, output: { fromEnvVar: null, value: output }, isCustomOutput: true },
    otherGenerators: [],
    schemaPath,
    datamodel,
    dmmf,
    datasources: config.datasources,
    // The engine that the packages belong to is the last part of their version: 7.10.0-4.<commit>.
    version: require('@prisma/prisma-schema-wasm/package.json').version.split('.').pop(),
  });
}
