import { Webhook } from 'standardwebhooks';
import { startReceiver } from '#server/testing/webhooks.ts';
import { violations } from './axe.ts';
import { expect, test } from './fixtures.ts';

test('an endpoint: made, tested, told of a key, rotated, disabled, deleted', async ({
  memberPage: page,
  console,
}) => {
  test.setTimeout(240_000);
  const receiver = await startReceiver();
  const types = () => receiver.received.map(({ body }) => (JSON.parse(body) as { type: string }).type);
  const once = async () => {
    const dialog = page.getByRole('dialog', { name: 'Copy this secret now' });
    const secret = (await dialog.getByTestId('new-secret').innerText()).replaceAll(/\s/g, '');
    await page.keyboard.press('Escape');
    await expect(dialog).toContainText('The secret was not copied');
    await dialog.getByRole('button', { name: 'I have stored it' }).click();
    return secret;
  };
  const act = async (name: string) => {
    await page.getByRole('button', { name: 'Actions for this endpoint' }).click();
    await page.getByRole('menuitem', { name }).click();
  };
  try {
    await page.goto(`${console}/webhooks`);
    await page.getByRole('button', { name: 'Create endpoint' }).click();
    const form = page.getByRole('dialog', { name: 'Create endpoint' });
    await form.getByLabel('budget.threshold_reached').uncheck();
    await form.getByRole('button', { name: 'Create endpoint' }).click();
    await expect(form).toContainText('Give the address that takes the events.');
    await expect(form.getByLabel('Address')).toBeFocused();
    await form.getByLabel('Address').fill(receiver.url);
    await form.getByRole('button', { name: 'Create endpoint' }).click();
    const secret = await once();
    await page.waitForURL(`**${console}/webhooks/*`);

    // A test event that is taken at the second attempt, and what was answered to the first.
    receiver.answerWith((response) =>
      receiver.received.length === 1
        ? response.writeHead(500).end('not ready')
        : response.writeHead(204).end(),
    );
    await page.getByRole('button', { name: 'Send a test event' }).click();
    const delivery = page.getByRole('dialog', { name: 'webhook.test' });
    await expect(delivery).toContainText('1. 500');
    await expect(delivery).toContainText('not ready');
    await expect(delivery).toContainText('2. 204', { timeout: 20_000 });
    await expect(delivery).toContainText('Taken');
    expect(await violations(page)).toEqual([]);
    // On a phone what is long scrolls in itself, and the dialog does not.
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await delivery.evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth)).toBe(0);
    await page.setViewportSize({ width: 1440, height: 900 });
    const [first] = receiver.received;
    const headers = first?.headers as Record<string, string>;
    expect(new Webhook(secret).verify(first?.body ?? '', headers)).toMatchObject({ type: 'webhook.test' });

    // The same again, by hand.
    await delivery.getByRole('button', { name: 'Send again' }).click();
    await expect(delivery).toContainText('Sent again');
    await expect(delivery).toContainText('1. 204');
    expect(receiver.received.at(-1)?.headers['webhook-id']).toBe(headers['webhook-id']);
    await delivery.getByRole('button', { name: 'Close' }).click();

    expect(await violations(page)).toEqual([]);

    // Two signatures while a rotation overlaps; an event of its own accord.
    await act('Rotate secret…');
    await page.getByRole('dialog').getByRole('button', { name: 'Rotate secret' }).click();
    const next = await once();
    const endpointPage = page.url();
    await page.goto(`${console}/keys?create=1`);
    await page.getByLabel('Name').fill('hooked');
    await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click();
    await expect.poll(types, { timeout: 15_000 }).toContain('key.created');
    const told = receiver.received.at(-1);
    for (const known of [secret, next]) {
      const event = new Webhook(known).verify(told?.body ?? '', told?.headers as Record<string, string>);
      expect(event).toMatchObject({ type: 'key.created', data: { name: 'hooked' } });
    }

    await page.goto(endpointPage);
    await expect(page.getByRole('row', { name: /key\.created/ })).toContainText('Taken');
    await act('Disable…');
    await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
    await expect(page.getByText('A member disabled this endpoint.')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Send a test event' })).toBeDisabled();
    await page.getByRole('button', { name: 'Enable it' }).click();
    await expect(page.getByText('A member disabled this endpoint.')).toBeHidden();

    await act('Delete…');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete endpoint' }).click();
    await page.waitForURL(`**${console}/webhooks`);
    await expect(page.getByRole('heading', { name: 'Webhooks' })).toBeVisible();
    await expect(page.getByRole('link', { name: receiver.url })).toHaveCount(0);
  } finally {
    await receiver.close();
  }
});
