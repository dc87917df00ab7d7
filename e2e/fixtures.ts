import { type BrowserContext, test as base, expect, type Page } from '@playwright/test';
import { type Product, readProduct } from './product.ts';

type StorageState = Awaited<ReturnType<BrowserContext['storageState']>>;

interface TestFixtures {
  /** What the console may say in this test: an answer of 4xx that is meant is an error to a browser. */
  readonly expectedConsoleErrors: RegExp[];
  readonly consoleGuard: undefined;
  /** A page of someone who is signed in, in the demo workspace. */
  readonly memberPage: Page;
  /** The demo workspace's address. */
  readonly console: string;
}

interface WorkerFixtures {
  readonly product: Product;
  readonly member: { readonly state: StorageState; readonly home: string };
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  product: [({ browserName: _browserName }, use) => use(readProduct()), { scope: 'worker' }],
  baseURL: ({ product }, use) => use(product.webUrl),

  // One sign-in for all tests: signing in is limited by address.
  member: [
    async ({ browser, product }, use) => {
      const context = await browser.newContext({ baseURL: product.webUrl });
      const page = await context.newPage();
      await signIn(page, product.demoEmail, product.demoPassword);
      await use({ state: await context.storageState(), home: new URL(page.url()).pathname });
      await context.close();
    },
    { scope: 'worker' },
  ],
  console: ({ member }, use) => use(member.home),

  expectedConsoleErrors: async ({ baseURL: _baseURL }, use) => use([]),
  consoleGuard: [
    async ({ context, expectedConsoleErrors }, use) => {
      const errors = watchConsole(context);
      await use(undefined);
      expect(unexpected(errors, expectedConsoleErrors)).toEqual([]);
    },
    { auto: true },
  ],
  memberPage: async ({ browser, member, product, viewport, expectedConsoleErrors }, use) => {
    const context = await browser.newContext({
      baseURL: product.webUrl,
      storageState: member.state,
      viewport,
    });
    const errors = watchConsole(context);
    await use(await context.newPage());
    await context.close();
    expect(unexpected(errors, expectedConsoleErrors)).toEqual([]);
  },
});

function watchConsole(context: BrowserContext): string[] {
  const errors: string[] = [];
  context.on('console', (message) => {
    if (message.type() === 'error') errors.push(`${message.text()} ${message.location().url}`);
  });
  context.on('weberror', (error) => errors.push(String(error.error())));
  return errors;
}

function unexpected(errors: readonly string[], expected: readonly RegExp[]): string[] {
  return errors.filter((error) => !expected.some((pattern) => pattern.test(error)));
}

export async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/w/*');
}

export { expect };
