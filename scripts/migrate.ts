import { seedHouse } from '#prisma/seed/house.ts';
import { createPrisma } from '#server/platform/database/prisma.ts';
import { prepareSchema } from './stack/prepare-schema.ts';
import { loadDotenv } from './up/load-dotenv.ts';

// `npm run migrate`: what a deployment runs before its processes: the tables, and the rows without which the
// product does not work. Safe to run at any time, by any number of machines at once.
try {
  loadDotenv(process.cwd());
  const databaseUrl = process.env.DATABASE_URL;
  if (!databaseUrl) throw new Error('DATABASE_URL is not set.');
  const applied = await prepareSchema(databaseUrl);
  const db = createPrisma(databaseUrl, { max: 1, applicationName: 'migrate' });
  await seedHouse(db);
  await db.$disconnect();
  process.stdout.write(applied.length > 0 ? `applied ${applied.join(', ')}\n` : 'nothing to apply\n');
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
