import { createPrisma } from '#server/platform/database/prisma.ts';
import { violations } from './axe.ts';
import { expect, test } from './fixtures.ts';

test('an operator sees the sums, marked as an operator, and nobody else does', async ({
  memberPage: page,
  product,
}) => {
  const db = createPrisma(product.databaseUrl, { max: 1, applicationName: 'browser-tests' });
  const setOperator = (isOperator: boolean) =>
    db.user.update({ where: { email: product.demoEmail }, data: { isOperator } });
  try {
    await setOperator(true);
    await page.goto('/admin');
    await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
    await expect(page.getByText('Operator', { exact: true })).toBeVisible();
    await expect(page.getByRole('definition').first()).toHaveText(/^[\d,]+$/);
    const model = page.getByRole('row', { name: /^sentiment-1@[0-9a-f]{8} sentiment/ });
    await expect(model).toContainText('TensorFlow.js');
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme });
      expect.soft(await violations(page), theme).toEqual([]);
    }
  } finally {
    await setOperator(false);
    await db.$disconnect();
  }
});
