import { displayPrefix } from '../api-keys/key-format.ts';
import type { BudgetAlert } from '../billing/announce-budget-alert.ts';
import { brand } from '../brand/brand.ts';
import type { Mail } from './mail.ts';
import { renderMail } from './render-mail.ts';

const dollars = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  maximumFractionDigits: 6,
});
const month = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', month: 'long', year: 'numeric' });

/** A key is named by its public id: names are typed by people. */
export function budgetAlertMail(to: string, alert: BudgetAlert & { readonly webUrl: string }): Mail {
  const { budget, percent, spentMicroUsd, keyId, slug, webUrl } = alert;
  const whose = keyId === null ? `the workspace ${slug}` : `an API key of the workspace ${slug}`;
  const place = keyId === null ? `/w/${slug}/settings` : `/w/${slug}/keys/${keyId}`;
  return renderMail(to, {
    subject: `${percent} % of a budget is spent at ${brand.name}`,
    paragraphs: [
      `In ${month.format(alert.periodStart)}, ${whose} has spent ${money(spentMicroUsd)} of its budget of ${money(budget.microUsd)}.`,
      ...(keyId === null ? [] : [`The key begins with ${displayPrefix('live', keyId)}.`]),
      consequence(budget.isHard, percent),
    ],
    action: { label: 'See the budget', url: `${webUrl}${place}` },
  });
}

function consequence(isHard: boolean, percent: number): string {
  if (!isHard) return 'The budget is a soft one: calls go on, and are billed.';
  return percent < 100
    ? 'The budget is a hard one: calls that it does not cover will be refused until the next month begins, or until it is raised.'
    : 'The budget is a hard one: calls that its rest does not cover are refused until the next month begins, or until it is raised.';
}

function money(microUsd: number): string {
  return dollars.format(microUsd / 1_000_000);
}
