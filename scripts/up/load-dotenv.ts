import { existsSync } from 'node:fs';
import path from 'node:path';

/** Variables of a `.env` file, under those of the environment. */
export function loadDotenv(root: string): void {
  const file = path.join(root, '.env');
  if (existsSync(file)) process.loadEnvFile(file);
}
