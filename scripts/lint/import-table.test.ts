import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const config = path.join(root, '.oxlintrc.json');

/** from, what it imports, and whether the table of ARCHITECTURE.md allows it. One import a row. */
type Row = readonly [file: string, statement: string, allowed: boolean];
const value = (specifier: string) => `import { x } from '${specifier}';\nexport const y = x;`;
const typeOnly = (specifier: string) => `import type { X } from '${specifier}';\nexport type Y = X;`;
const reExport = (specifier: string) => `export * from '${specifier}';`;
const lazy = (specifier: string) => `export const y = () => import('${specifier}');`;

const rows: readonly Row[] = [
  ['app/page.tsx', value('#server/api/caller.ts'), true],
  ['app/page.tsx', value('#server/auth/session.ts'), true],
  ['app/api/webhooks/stripe/route.ts', reExport('#server/webhooks/stripe.ts'), true],
  ['app/page.tsx', value('#server/domain/accounts/schema.ts'), true],
  ['app/page.tsx', value('#server/domain/brand/brand.ts'), true],
  ['app/page.tsx', value('#server/domain/accounts/sign-up.ts'), false],
  ['app/page.tsx', lazy('#server/domain/accounts/sign-up.ts'), false],
  ['app/page.tsx', value('#server/domain/errors.ts'), false],
  ['app/page.tsx', typeOnly('#server/domain/errors.ts'), true],
  ['app/page.tsx', value('#server/platform/clock.ts'), false],
  ['app/page.tsx', typeOnly('#server/platform/clock.ts'), false],
  ['app/page.tsx', value('#prisma/generated/client.ts'), false],
  ['app/page.tsx', value('#workers/inference/gateway.ts'), false],
  ['app/page.tsx', value('pg'), false],
  ['app/page.tsx', value('../server/platform/clock.ts'), false],
  ...['api', 'auth', 'webhooks'].flatMap((room): Row[] => [
    [`server/${room}/x.ts`, value('#server/domain/errors.ts'), true],
    [`server/${room}/x.ts`, value('#server/platform/clock.ts'), true],
    [`server/${room}/x.ts`, value('#app/page.tsx'), false],
    [`server/${room}/x.ts`, value('#workers/inference/gateway.ts'), false],
    [`server/${room}/x.ts`, value('#server/testing/factories.ts'), false],
    [`server/${room}/x.ts`, value('#prisma/generated/client.ts'), false],
    [`server/${room}/x.ts`, value('nodemailer'), false],
    [`server/${room}/x.ts`, value('stripe'), false],
  ]),
  ['server/domain/keys/x.ts', value('#server/domain/errors.ts'), true],
  ['server/domain/keys/x.ts', value('../errors.ts'), true],
  ['server/domain/keys/x.ts', value('zod'), true],
  ['server/domain/keys/x.ts', value('node:crypto'), true],
  ['server/domain/keys/x.ts', typeOnly('#server/platform/clock.ts'), true],
  ['server/domain/keys/x.ts', typeOnly('#prisma/generated/client.ts'), true],
  ['server/domain/keys/x.ts', value('#prisma/generated/client.ts'), false],
  ['server/domain/keys/x.ts', value('#server/platform/clock.ts'), false],
  ['server/domain/keys/x.ts', value('../../platform/clock.ts'), false],
  ['server/domain/keys/x.ts', value('#server/api/root.ts'), false],
  ['server/domain/keys/x.ts', value('#server/auth/session.ts'), false],
  ['server/domain/keys/x.ts', value('../../auth/session.ts'), false],
  ...[
    'stripe',
    'pg',
    'nodemailer',
    '@prisma/client',
    'next/server',
    'hono',
    '@hono/zod-openapi',
    '@trpc/server',
    'pino',
    'graphile-worker',
    'next-auth/jwt',
    'react',
  ].map((vendor): Row => ['server/domain/keys/x.ts', value(vendor), false]),
  ['server/platform/x.ts', value('pg'), true],
  ['server/platform/x.ts', value('#prisma/generated/client.ts'), true],
  ['server/platform/x.ts', typeOnly('#server/domain/clock.ts'), true],
  ['server/platform/x.ts', value('#server/domain/rate-limits/limits.ts'), true],
  ['server/platform/x.ts', value('#server/domain/api-keys/create-api-key.ts'), false],
  ['server/platform/x.ts', value('../domain/clock.ts'), false],
  ['server/platform/x.ts', value('#server/api/root.ts'), false],
  ['server/platform/x.ts', value('#workers/inference/gateway.ts'), false],
  ['server/testing/x.ts', value('#server/platform/clock.ts'), true],
  ['server/testing/x.ts', value('#server/api/root.ts'), false],
  ...['inference', 'fine-tuning', 'background'].flatMap((worker): Row[] => [
    [`workers/${worker}/x.ts`, value('#server/domain/errors.ts'), true],
    [`workers/${worker}/x.ts`, value('#server/platform/clock.ts'), true],
    [`workers/${worker}/x.ts`, value('#workers/batching/dynamic-batcher.ts'), true],
    [`workers/${worker}/x.ts`, value('#workers/model-runtime/model-runtime.ts'), true],
    [`workers/${worker}/x.ts`, value('#workers/model-zoo/ops.ts'), true],
    [`workers/${worker}/x.ts`, value('#server/api/root.ts'), false],
    [`workers/${worker}/x.ts`, value('#server/auth/session.ts'), false],
    [`workers/${worker}/x.ts`, value('#app/page.tsx'), false],
    [`workers/${worker}/x.ts`, value('next/server'), false],
    [`workers/${worker}/x.ts`, value('../../server/platform/clock.ts'), false],
  ]),
  ['workers/inference/x.ts', value('#workers/fine-tuning/main.ts'), false],
  ['workers/inference/x.ts', value('../fine-tuning/main.ts'), false],
  ['workers/fine-tuning/x.ts', value('#workers/inference/main.ts'), false],
  ['workers/background/x.ts', value('#workers/inference/main.ts'), false],
  ...['batching', 'explanations', 'model-runtime', 'model-zoo'].flatMap((room): Row[] => [
    [`workers/${room}/x.ts`, value('./y.ts'), true],
    [`workers/${room}/x.ts`, value('#server/domain/errors.ts'), false],
    [`workers/${room}/x.ts`, typeOnly('#server/domain/errors.ts'), false],
    [`workers/${room}/x.ts`, value('#server/platform/clock.ts'), false],
    [`workers/${room}/x.ts`, value('#workers/inference/gateway.ts'), false],
    [`workers/${room}/x.ts`, value('#prisma/generated/client.ts'), false],
    [`workers/${room}/x.ts`, value('hono'), false],
  ]),
  ['workers/model-runtime/x.ts', value('#workers/model-zoo/ops.ts'), true],
  ['workers/model-zoo/x.ts', value('#workers/model-runtime/model-runtime.ts'), false],
  ['workers/model-zoo/x.ts', value('../model-runtime/model-runtime.ts'), false],
  ['workers/explanations/x.ts', value('#workers/model-zoo/seeded-random.ts'), true],
  ['workers/model-runtime/x.ts', value('#workers/explanations/lime.ts'), false],
  ['workers/model-runtime/x.ts', value('#workers/batching/dynamic-batcher.ts'), false],
  ['e2e/x.spec.ts', value('#server/testing/factories.ts'), true],
  ['e2e/x.spec.ts', value('#server/platform/clock.ts'), true],
  ['e2e/x.spec.ts', value('#app/page.tsx'), false],
  ['e2e/x.spec.ts', value('#server/domain/errors.ts'), false],
  ['e2e/x.spec.ts', value('#workers/inference/gateway.ts'), false],
  ['scripts/x.ts', value('#workers/inference/gateway.ts'), true],
  ['scripts/x.ts', value('#app/page.tsx'), false],
  ['bench/x.ts', value('#server/platform/clock.ts'), true],
  ['bench/x.ts', value('#app/page.tsx'), false],
  ['prisma/seed.ts', value('#server/domain/errors.ts'), true],
  ['prisma/seed.ts', value('#app/page.tsx'), false],
];

const clientRows: readonly Row[] = [
  ['app/c.tsx', value('#server/domain/accounts/schema.ts'), true],
  ['app/c.tsx', typeOnly('#server/api/root.ts'), true],
  ['app/c.tsx', value('#server/api/root.ts'), false],
  ['app/c.tsx', value('#server/auth/session.ts'), false],
  ['app/c.tsx', value('#server/domain/api-keys/key-format.ts'), false],
  ['app/c.tsx', value('node:fs'), false],
];

interface Diagnostic {
  readonly code: string;
  readonly filename: string;
}

describe('the import table', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'modelyard-lint-'));
    symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Every row as a file of its own in the room that it speaks of: one run of the linter for all. */
  function refused(cases: readonly Row[], configFile: string): Set<number> {
    const place = path.join(folder, path.basename(configFile));
    cases.forEach(([file, statement], index) => {
      const [, directory, extension] = /^(.*\/)?[^/]*?((?:\.spec)?\.tsx?)$/.exec(file) ?? [];
      const target = path.join(place, directory ?? '', `row${index}${extension}`);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, statement);
    });
    const copied = path.join(place, '.oxlintrc.json');
    writeFileSync(copied, readFileSync(configFile, 'utf8'));
    const oxlint = path.join(root, 'node_modules/oxlint/bin/oxlint');
    const run = spawnSync(process.execPath, [oxlint, '-c', copied, '-f', 'json', '--no-ignore', '.'], {
      cwd: place,
      encoding: 'utf8',
    });
    const { diagnostics, number_of_files } = JSON.parse(run.stdout) as {
      diagnostics: Diagnostic[];
      number_of_files: number;
    };
    expect(number_of_files).toBe(cases.length);
    return new Set(
      diagnostics
        .filter((diagnostic) => diagnostic.code.includes('no-restricted-imports'))
        .map((diagnostic) => Number(/row(\d+)/.exec(diagnostic.filename)?.[1])),
    );
  }

  function judge(cases: readonly Row[], configFile: string) {
    const bitten = refused(cases, configFile);
    const told = cases.map(
      ([file, statement], index) => `${bitten.has(index) ? 'refused' : 'allowed'}: ${file}: ${statement}`,
    );
    const expected = cases.map(
      ([file, statement, allowed]) => `${allowed ? 'allowed' : 'refused'}: ${file}: ${statement}`,
    );
    expect(told.filter((line, index) => line !== expected[index])).toEqual([]);
  }

  it('refuses what it forbids and lets pass what it allows, row by row', () => judge(rows, config));

  it('holds client components to schemas and types', () => {
    judge(clientRows, path.join(root, 'scripts/lint/client-components.oxlintrc.json'));
  });

  it('finds an import cycle', () => {
    const place = path.join(folder, 'cycle');
    mkdirSync(place);
    writeFileSync(path.join(place, 'a.ts'), `import { b } from './b.ts';\nexport const a = () => b;`);
    writeFileSync(path.join(place, 'b.ts'), `import { a } from './a.ts';\nexport const b = () => a;`);
    const oxlint = path.join(root, 'node_modules/oxlint/bin/oxlint');
    const run = spawnSync(process.execPath, [oxlint, '-c', config, '-f', 'unix', '--no-ignore', '.'], {
      cwd: place,
      encoding: 'utf8',
    });
    expect(run.stdout).toContain('import(no-cycle)');
    expect(run.status).not.toBe(0);
  });

  it('has a row for every room there is', () => {
    const rooms = (parent: string) =>
      readdirSync(path.join(root, parent), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && entry.name !== 'models')
        .map((entry) => `${parent}/${entry.name}/`);
    const covered = rows.map(([file]) => file);
    const missing = [...rooms('server'), ...rooms('workers')].filter(
      (room) => !covered.some((file) => file.startsWith(room)),
    );
    expect(missing).toEqual([]);
  });
});
