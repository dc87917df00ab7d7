import { z } from 'zod';
import { logLevels } from '../logger.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

/** Names every variable that is missing or wrong at once, and never repeats a value: it may be a secret. */
export function parseEnvironment<Shape extends z.ZodType>(
  schema: Shape,
  variables: Variables,
): z.output<Shape> {
  const given = Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const complaints = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new EnvironmentError(`The environment is not complete (see .env.example):\n${complaints.join('\n')}`);
}

const port = z.coerce.number({ error: 'a port number' }).int().min(0).max(65_535);
const url = z
  .url({ protocol: /^https?$/, error: 'an http(s) address' })
  .transform((value) => value.replace(/\/+$/, ''));

/** The variables that more than one process reads. */
export const sharedVariables = {
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: 'postgresql://user:password@host:port/database',
  }),
  MODELYARD_SECRET: z
    .string({ error: 'at least 32 random characters' })
    .min(32, 'at least 32 random characters'),
  WEB_URL: url.default('http://localhost:3000'),
  API_URL: url.default('http://localhost:4000'),
  HOST: z.string().default('127.0.0.1'),
  LOG_LEVEL: z.enum(logLevels).default('info'),
  DATA_DIR_MODELYARD: z.string().default('.modelyard'),
  /** Default: `blobs` in the data folder. */
  BLOBS_DIR: z.string().optional(),
  MODELS_DIR: z.string().default('workers/models'),
  SAFETY_POLICY_FILE: z.string().optional(),
  WEBHOOKS_TO_PRIVATE_ADDRESSES: z.stringbool({ error: '1 or 0' }).default(false),
  TRUSTED_PROXY_HOPS: z.coerce.number({ error: 'a whole number, 0 or more' }).int().min(0).max(10).default(0),
};

export const portOr = (fallback: number) => port.default(fallback);
