import type { Metadata } from 'next';
import Link from 'next/link';
import { Ledger } from '../../_components/slip.tsx';
import { exactTime } from '../../_format/time.ts';
import { localMail } from '../../_trpc/server.ts';
import { withLinks } from './with-links.tsx';

export const metadata: Metadata = { title: 'Mail' };

export default async function MailPage({ params }: { params: Promise<{ mail: string }> }) {
  const { mail: mailId } = await params;
  const mail = await localMail(mailId);
  return (
    <>
      <p className="mt-6">
        <Link href="/outbox">Outbox</Link>
      </p>
      <h1 className="text-title font-strong mt-2 mb-3">{mail.subject}</h1>
      <Ledger
        className="max-w-lg"
        lines={[
          ['To', mail.recipient],
          ['Written', exactTime(mail.createdAt)],
        ]}
      />
      <div className="sec">
        <h2>Text</h2>
      </div>
      <p className="border-line-2 rounded-2 bg-bench border p-4 break-words whitespace-pre-wrap">
        {withLinks(mail.text)}
      </p>
      <div className="sec">
        <h2>HTML</h2>
        <span className="end text-ink-3">sandboxed: links and scripts are off</span>
      </div>
      <iframe
        className="border-line-2 rounded-2 h-96 w-full border [color-scheme:light]"
        style={{ background: 'white' }}
        sandbox=""
        srcDoc={mail.html}
        title="The mail as HTML"
      />
    </>
  );
}
