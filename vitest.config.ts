import { defineConfig } from 'vitest/config';

// Node 20 lacks Map.groupBy (ES2024), with which Vitest's reporter prints what failed.
if (!('groupBy' in Map)) {
  Object.defineProperty(Map, 'groupBy', {
    value<K, V>(items: Iterable<V>, keyOf: (item: V) => K): Map<K, V[]> {
      const groups = new Map<K, V[]>();
      for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
      return groups;
    },
  });
}

export default defineConfig({
  test: {
    include: ['{app,server,workers,scripts,prisma,bench}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', 'prisma/generated/**'],
    globalSetup: ['server/testing/global-setup.ts'],
    pool: 'forks',
    // Left out, one core would be kept free: half of the machine where there are two.
    maxWorkers: '100%',
    // Many tests start processes and wait for real time-outs; two cores are the least we support.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    restoreMocks: true,
  },
});
