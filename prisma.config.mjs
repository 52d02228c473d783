// For operators who use Prisma's own command: DATABASE_URL=... npx prisma@7.10.0 migrate deploy
// A plain object, because the command is not among our packages (it brings 240 MB, and we need none of it).
export default {
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? '' },
};
