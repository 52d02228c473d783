// Writes the Prisma client to src/platform/prisma/generated.
import { generatePrismaClient } from './steps/generate.mjs';

await generatePrismaClient();
