import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createPrisma } from '#server/platform/database/prisma.ts';
import { seedDemo } from './seed/demo.ts';
import { seedHouse } from './seed/house.ts';

// `npm run seed`: the house workspace; with --demo the demo account too, with a password of its own.
// `npm run up` does the same by itself.
async function seed(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const databaseUrl = process.env.DATABASE_URL;
  if (!databaseUrl) throw new Error('DATABASE_URL is not set.');
  const db = createPrisma(databaseUrl, { max: 2, applicationName: 'seed' });
  try {
    await seedHouse(db);
    process.stdout.write('the house workspace is there\n');
    if (!process.argv.includes('--demo')) return;
    const demo = await seedDemo(db, { password: randomBytes(12).toString('base64url') });
    process.stdout.write(`sign-in  ${demo.email} ${demo.password}\nkey      ${demo.key}\n`);
  } finally {
    await db.$disconnect();
  }
}

seed().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
