import type { MailQueue, MailSeal } from '#server/domain/mail/mail.ts';
import { enqueueJob } from '../job-queue/enqueue-job.ts';

/** With graphile-worker's exponential back-off, ten attempts reach over some six hours. */
const attemptsMax = 10;

export function createMailQueue({ mailSeal }: { mailSeal: MailSeal }): MailQueue {
  return {
    enqueue: (transaction, mail) =>
      enqueueJob(transaction, 'send-mail', { sealed: mailSeal.seal(JSON.stringify(mail)) }, { attemptsMax }),
  };
}
