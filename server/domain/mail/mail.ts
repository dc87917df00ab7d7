import type { Transaction } from '../database.ts';
import type { Seal } from '../seal.ts';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Queues a mail in the caller's transaction: it leaves if, and only if, that commits. */
export interface MailQueue {
  enqueue(transaction: Transaction, mail: Mail): Promise<void>;
}

/** Hands one mail over, or throws: the queue tries again. */
export interface MailSender {
  send(mail: Mail): Promise<void>;
}

/**
 * Mails carry sign-in links, and links are not kept in the clear: a queued mail and the local outbox hold it
 * encrypted.
 */
export type MailSeal = Seal;
