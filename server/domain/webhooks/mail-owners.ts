import { brand } from '../brand/brand.ts';
import type { Transaction } from '../database.ts';
import type { Mail, MailQueue } from '../mail/mail.ts';
import { renderMail } from '../mail/render-mail.ts';
import { webhookLimits } from '../rate-limits/limits.ts';
import type { DisabledBecause } from './schema.ts';

type Because = Exclude<DisabledBecause, 'member'>;

export interface OwnerMailDependencies {
  readonly mailQueue: MailQueue;
  readonly webUrl: string;
}

/** Those who own the workspace are told that we have disabled an endpoint, in the transaction that does it. */
export async function mailOwners(
  transaction: Transaction,
  { mailQueue, webUrl }: OwnerMailDependencies,
  {
    workspaceId,
    endpointId,
    because,
  }: { readonly workspaceId: string; readonly endpointId: string; readonly because: Because },
): Promise<void> {
  const { slug } = await transaction.workspace.findUniqueOrThrow({ where: { id: workspaceId } });
  const owners = await transaction.membership.findMany({
    where: { workspaceId, role: 'owner' },
    include: { user: { select: { email: true } } },
  });
  const url = `${webUrl}/w/${slug}/webhooks/${endpointId}`;
  for (const { user } of owners) {
    await mailQueue.enqueue(transaction, endpointDisabledMail(user.email, because, url));
  }
}

const reasons = {
  gone: 'A webhook endpoint of your workspace answered 410 Gone, so it was disabled.',
  failing: 'A webhook endpoint of your workspace took no event for three days, so it was disabled.',
  backlog: `More than ${webhookLimits.waitingPerEndpointMax} events waited for a webhook endpoint of your workspace, so it was disabled.`,
} as const satisfies Record<Because, string>;

function endpointDisabledMail(to: string, because: Because, url: string): Mail {
  return renderMail(to, {
    subject: `A webhook endpoint at ${brand.name} was disabled`,
    paragraphs: [
      reasons[because],
      'Nothing more is sent to it. Mend what receives the events, then enable it and send again what it missed.',
    ],
    action: { label: 'See its deliveries', url },
  });
}
