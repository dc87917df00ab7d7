import { existsSync } from 'node:fs';
import { chromium, defineConfig } from '@playwright/test';

/** `npm test` names one; run by hand, Playwright's own or the system's is taken. */
const executablePath = [process.env.PLAYWRIGHT_CHROMIUM, chromium.executablePath(), '/usr/bin/chromium'].find(
  (file) => file && existsSync(file),
);
const runsAsRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: 'e2e',
  globalSetup: './e2e/start-product.ts',
  // One product and two cores; the tests share its database and its limits.
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: {
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      args: [
        ...(runsAsRoot ? ['--no-sandbox'] : []),
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
});
