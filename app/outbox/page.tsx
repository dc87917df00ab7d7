import type { Metadata } from 'next';
import Link from 'next/link';
import { Ago } from '../_components/ago.tsx';
import { localOutbox } from '../_trpc/server.ts';
import { RefreshWhileOpen } from './refresh-while-open.tsx';

export const metadata: Metadata = { title: 'Outbox' };

export default async function OutboxPage() {
  const mails = await localOutbox();
  return (
    <>
      <div className="sec">
        <h1 className="text-title font-strong">Outbox</h1>
      </div>
      {mails.length === 0 && (
        <p className="text-ink-2">No mail yet. It appears here a second or two after it is sent.</p>
      )}
      <ul className="rows">
        {mails.map((mail) => (
          <li key={mail.id}>
            <div className="line">
              <Link className="font-medium" href={`/outbox/${mail.id}`}>
                {mail.subject}
              </Link>
              <span className="text-ink-3 shrink-0">
                <Ago at={mail.createdAt} />
              </span>
            </div>
            <div className="text-ink-2">to {mail.recipient}</div>
          </li>
        ))}
      </ul>
      <RefreshWhileOpen />
    </>
  );
}
