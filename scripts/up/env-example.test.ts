import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');

it('.env.example names every variable that a process reads', () => {
  const folder = path.join(root, 'server/platform/environment');
  const sources = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  const text = sources.map((file) => readFileSync(path.join(folder, file), 'utf8')).join('\n');
  const read = new Set([...text.matchAll(/^\s+([A-Z][A-Z_]{3,}): /gm)].map((match) => match[1]));
  const explained = new Set(
    [...readFileSync(path.join(root, '.env.example'), 'utf8').matchAll(/^([A-Z_]+)=/gm)].map(
      (match) => match[1],
    ),
  );
  expect(read.size).toBeGreaterThan(10);
  expect([...read].filter((name) => !explained.has(name))).toEqual([]);
});
