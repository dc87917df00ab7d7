import { randomBytes } from 'node:crypto';
import { createPrisma } from '#server/platform/database/prisma.ts';
import { seedDemo } from './seed/demo.ts';
import { seedHouse } from './seed/house.ts';

// `npm run seed`: the house workspace; with --demo the demo account too, with a password of its own.
// `npm run up` does the same by itself.
const databaseUrl = process.env.DATABASE_URL;
if (!databaseUrl) throw new Error('DATABASE_URL is not set.');
const db = createPrisma(databaseUrl, { max: 2, applicationName: 'seed' });
await seedHouse(db);
if (process.argv.includes('--demo')) {
  const demo = await seedDemo(db, { password: randomBytes(12).toString('base64url') });
  process.stdout.write(`sign-in  ${demo.email} ${demo.password}\nkey      ${demo.key}\n`);
}
await db.$disconnect();
