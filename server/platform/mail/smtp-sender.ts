import { createTransport } from 'nodemailer';
import type { MailSender } from '#server/domain/mail/mail.ts';

const timeoutMs = 20_000;

export function createSmtpSender({ smtpUrl, from }: { smtpUrl: string; from: string }): MailSender & {
  close(): void;
} {
  const transport = createTransport({
    url: smtpUrl,
    pool: true,
    maxConnections: 2,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // A mail is text of ours: nothing in it may make the process read a file or fetch an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(mail) {
      await transport.sendMail({ from, ...mail });
    },
    close: () => transport.close(),
  };
}
