import { defineConfig } from 'prisma/config';

// `generate` needs no database; the commands that do (`migrate dev`, `migrate status`) read DATABASE_URL.
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations', seed: 'tsx prisma/seed.ts' },
  datasource: { url: process.env.DATABASE_URL ?? 'postgresql://localhost/unset' },
});
