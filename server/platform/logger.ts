import { pino } from 'pino';
import type { Logger } from '#server/domain/logger.ts';

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LoggerOptions {
  /** The process that speaks: `web`, `inference`, `background`. */
  readonly name: string;
  readonly level: LogLevel;
}

/**
 * A second net under the rule that secrets and customers' texts are never handed to a logger: fields of these
 * names are struck out, at the top and one level below.
 */
const struckOut = [
  'password',
  'passwordHash',
  'token',
  'secret',
  'key',
  'apiKey',
  'authorization',
  'cookie',
  'input',
  'output',
  'text',
  'body',
];

export function createLogger({ name, level }: LoggerOptions): Logger {
  return pino({
    name,
    level,
    base: { name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: struckOut.flatMap((field) => [field, `*.${field}`]), censor: '[struck out]' },
    serializers: { err: describeError, error: describeError, cause: describeError },
  });
}

/**
 * Name, code, message and stack. Not the error's other fields: a database error carries the row (`detail`) and the
 * values of the statement that failed.
 */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = 'code' in error ? error.code : undefined;
  return { name: error.name, code, message: error.message, stack: error.stack };
}
