import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{app,server,workers,scripts,prisma,bench}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', 'prisma/generated/**'],
    globalSetup: ['server/testing/global-setup.ts'],
    pool: 'forks',
    // Many tests start processes and wait for real time-outs; two cores are the least we support.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    restoreMocks: true,
  },
});
