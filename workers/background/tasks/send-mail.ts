import type { Task } from 'graphile-worker';
import { z } from 'zod';
import type { MailSeal, MailSender } from '#server/domain/mail/mail.ts';

const payloadSchema = z.object({ sealed: z.string() });
const mailSchema = z.object({ to: z.string(), subject: z.string(), text: z.string(), html: z.string() });

/** At least once: when the process dies between the hand-over and the end of the job, the mail is sent again. */
export function sendMailTask({ sender, mailSeal }: { sender: MailSender; mailSeal: MailSeal }): Task {
  return async (payload) => {
    const { sealed } = payloadSchema.parse(payload);
    await sender.send(mailSchema.parse(JSON.parse(mailSeal.open(sealed))));
  };
}
