'use client';
import { MailCheck } from 'lucide-react';
import Link from 'next/link';

interface MailSentProps {
  readonly email: string;
  readonly what: string;
  /** Without an SMTP server every mail lands in the outbox of this installation. */
  readonly hasLocalOutbox: boolean;
  readonly onBack: () => void;
}

/** The same whether the address has an account or not. */
export function MailSent({ email, what, hasLocalOutbox, onBack }: MailSentProps) {
  return (
    <output className="block">
      <h1 className="flex items-center gap-2">
        <MailCheck size={20} strokeWidth={1.5} aria-hidden />
        Mail sent
      </h1>
      <p className="text-ink-2 mt-2">
        To <b className="text-ink">{email}</b>. {what}
      </p>
      {hasLocalOutbox && (
        <p className="note mt-4">
          <span>
            No mail server is set up here, so the mail is in the <Link href="/outbox">local outbox</Link>.
          </span>
        </p>
      )}
      <p className="alt">
        Not there after two minutes? Look in spam, or{' '}
        <button type="button" className="text-petrol underline underline-offset-3" onClick={onBack}>
          correct the address
        </button>
        .
      </p>
    </output>
  );
}
