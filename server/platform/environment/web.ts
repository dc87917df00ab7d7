import { z } from 'zod';
import { brand } from '#server/domain/brand/brand.ts';
import { parseEnvironment, portOr, sharedVariables, type Variables } from './parse-environment.ts';

const schema = z.object({
  NODE_ENV: sharedVariables.NODE_ENV,
  DATABASE_URL: sharedVariables.DATABASE_URL,
  MODELYARD_SECRET: sharedVariables.MODELYARD_SECRET,
  WEB_URL: sharedVariables.WEB_URL,
  API_URL: sharedVariables.API_URL,
  HOST: sharedVariables.HOST,
  PORT: portOr(3000),
  TRUSTED_PROXY_HOPS: sharedVariables.TRUSTED_PROXY_HOPS,
  LOG_LEVEL: sharedVariables.LOG_LEVEL,
  MODELS_DIR: sharedVariables.MODELS_DIR,
  SAFETY_POLICY_FILE: sharedVariables.SAFETY_POLICY_FILE,
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'smtp://user:password@host:port' }).optional(),
  MAIL_FROM: z.string().default(brand.mailFrom),
  MODELYARD_DEMO: z.stringbool().default(false),
  WEBHOOKS_TO_PRIVATE_ADDRESSES: sharedVariables.WEBHOOKS_TO_PRIVATE_ADDRESSES,
});

export type WebEnvironment = ReturnType<typeof readWebEnvironment>;

export function readWebEnvironment(variables: Variables = process.env) {
  const read = parseEnvironment(schema, variables);
  const isProduction = read.NODE_ENV === 'production';
  return {
    isProduction,
    databaseUrl: read.DATABASE_URL,
    secret: read.MODELYARD_SECRET,
    webUrl: read.WEB_URL,
    apiUrl: read.API_URL,
    host: read.HOST,
    port: read.PORT,
    trustedProxyHops: read.TRUSTED_PROXY_HOPS,
    logLevel: read.LOG_LEVEL,
    modelsDir: read.MODELS_DIR,
    safetyPolicyFile: read.SAFETY_POLICY_FILE,
    smtpUrl: read.SMTP_URL,
    mailFrom: read.MAIL_FROM,
    webhooksToPrivateAddresses: read.WEBHOOKS_TO_PRIVATE_ADDRESSES,
    /** Whether visitors may read all mail at /outbox: only where no one's real mail can be in it. */
    outboxIsPublic: !read.SMTP_URL && (!isProduction || read.MODELYARD_DEMO),
  };
}
