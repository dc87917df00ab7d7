import { availableParallelism } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { pipelineLimits } from '#server/domain/rate-limits/limits.ts';
import { parseEnvironment, portOr, sharedVariables, type Variables } from './parse-environment.ts';

const schema = z.object({
  NODE_ENV: sharedVariables.NODE_ENV,
  DATABASE_URL: sharedVariables.DATABASE_URL,
  WEB_URL: sharedVariables.WEB_URL,
  API_URL: sharedVariables.API_URL,
  HOST: sharedVariables.HOST,
  PORT: portOr(4000),
  TRUSTED_PROXY_HOPS: sharedVariables.TRUSTED_PROXY_HOPS,
  LOG_LEVEL: sharedVariables.LOG_LEVEL,
  MODELS_DIR: sharedVariables.MODELS_DIR,
  HOLD_MS: z.coerce.number({ error: 'milliseconds' }).int().min(100).default(pipelineLimits.holdMs),
  COMPUTE_THREADS: z.coerce
    .number({ error: 'a number of threads' })
    .int()
    .min(1)
    .max(256)
    .default(() => availableParallelism()),
  TEXT_THREADS: z.coerce
    .number({ error: 'a number of threads' })
    .int()
    .min(1)
    .max(256)
    .default(() => Math.max(1, Math.floor(availableParallelism() / 2))),
  TEXT_DEVICE: z.enum(['cpu', 'cuda', 'vulkan']).default('cpu'),
  TEXT_SEQUENCES: z.coerce.number({ error: 'a number of answers' }).int().min(2).max(256).default(10),
  TEXT_CONTEXT_TOKENS: z.coerce.number({ error: 'a number of tokens' }).int().min(128).default(2_048),
  TEXT_MODEL: z.string().default(''),
  HUB_MODELS: z.enum(['0', '1'], { error: '1, or nothing' }).default('0'),
  HUB_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'an http(s) address' })
    .transform((value) => value.replace(/\/+$/, ''))
    .default('https://huggingface.co'),
  HUB_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, { error: 'printable characters without spaces' })
    .optional(),
  HUB_DIR: z.string().optional(),
  DATA_DIR_MODELYARD: sharedVariables.DATA_DIR_MODELYARD,
  /** `fake`: no model, for tests and the benchmark of the gateway itself. */
  INFERENCE_RUNTIME: z.enum(['onnx', 'fake']).default('onnx'),
  FAKE_RUNTIME_LATENCY_MS: z.coerce.number({ error: 'milliseconds' }).int().min(0).default(0),
});

export type InferenceEnvironment = ReturnType<typeof readInferenceEnvironment>;

export function readInferenceEnvironment(variables: Variables = process.env) {
  const read = parseEnvironment(schema, variables);
  return {
    isProduction: read.NODE_ENV === 'production',
    databaseUrl: read.DATABASE_URL,
    webUrl: read.WEB_URL,
    apiUrl: read.API_URL,
    host: read.HOST,
    port: read.PORT,
    trustedProxyHops: read.TRUSTED_PROXY_HOPS,
    logLevel: read.LOG_LEVEL,
    modelsDir: read.MODELS_DIR,
    holdMs: read.HOLD_MS,
    computeThreads: read.COMPUTE_THREADS,
    text: {
      threads: read.TEXT_THREADS,
      device: read.TEXT_DEVICE,
      sequences: read.TEXT_SEQUENCES,
      contextTokens: read.TEXT_CONTEXT_TOKENS,
    },
    /** Empty: the text model of the models folder. */
    textModel: read.TEXT_MODEL,
    hub: {
      isEnabled: read.HUB_MODELS === '1',
      endpoint: read.HUB_ENDPOINT,
      token: read.HUB_TOKEN ?? null,
      folder: read.HUB_DIR ?? path.join(read.DATA_DIR_MODELYARD, 'hub'),
    },
    runtime: read.INFERENCE_RUNTIME,
    fakeRuntimeLatencyMs: read.FAKE_RUNTIME_LATENCY_MS,
  };
}
