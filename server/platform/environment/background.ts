import path from 'node:path';
import { z } from 'zod';
import { brand } from '#server/domain/brand/brand.ts';
import { parseEnvironment, portOr, sharedVariables, type Variables } from './parse-environment.ts';

const schema = z.object({
  NODE_ENV: sharedVariables.NODE_ENV,
  DATABASE_URL: sharedVariables.DATABASE_URL,
  MODELYARD_SECRET: sharedVariables.MODELYARD_SECRET,
  WEB_URL: sharedVariables.WEB_URL,
  HOST: sharedVariables.HOST,
  PORT: portOr(4100),
  LOG_LEVEL: sharedVariables.LOG_LEVEL,
  DATA_DIR_MODELYARD: sharedVariables.DATA_DIR_MODELYARD,
  BLOBS_DIR: sharedVariables.BLOBS_DIR,
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'smtp://user:password@host:port' }).optional(),
  MAIL_FROM: z.string().default(brand.mailFrom),
  WEBHOOKS_TO_PRIVATE_ADDRESSES: sharedVariables.WEBHOOKS_TO_PRIVATE_ADDRESSES,
});

export type BackgroundEnvironment = ReturnType<typeof readBackgroundEnvironment>;

export function readBackgroundEnvironment(variables: Variables = process.env) {
  const read = parseEnvironment(schema, variables);
  return {
    isProduction: read.NODE_ENV === 'production',
    databaseUrl: read.DATABASE_URL,
    secret: read.MODELYARD_SECRET,
    webUrl: read.WEB_URL,
    host: read.HOST,
    /** Of the health checks. */
    port: read.PORT,
    logLevel: read.LOG_LEVEL,
    blobsDir: read.BLOBS_DIR ?? path.join(read.DATA_DIR_MODELYARD, 'blobs'),
    smtpUrl: read.SMTP_URL,
    mailFrom: read.MAIL_FROM,
    webhooksToPrivateAddresses: read.WEBHOOKS_TO_PRIVATE_ADDRESSES,
  };
}
