import path from 'node:path';
import { buildProduct } from './build/build-product.ts';

const root = path.resolve(import.meta.dirname, '..');
try {
  const built = await buildProduct({ root, onStep: (sentence) => process.stdout.write(`${sentence}\n`) });
  if (!built) process.stdout.write('nothing has changed since the last build\n');
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
