import { availableParallelism } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { drainLimits, pipelineLimits } from '#server/domain/rate-limits/limits.ts';
import { parseEnvironment, portOr, sharedVariables, type Variables } from './parse-environment.ts';

/** The operator's own machines: private addresses are as good as any. A key has a variable of its own. */
const engineUrl = z
  .url({ protocol: /^https?$/, error: 'an http(s) address' })
  .refine((value) => !URL.canParse(value) || new URL(value).username === '', {
    error: 'an address without a name and password',
  })
  .transform((value) => value.replace(/\/+$/, ''));
const bearerToken = z.string().regex(/^[\x21-\x7e]+$/, { error: 'printable characters without spaces' });

const variables = z.object({
  NODE_ENV: sharedVariables.NODE_ENV,
  DATABASE_URL: sharedVariables.DATABASE_URL,
  MODELYARD_SECRET: sharedVariables.MODELYARD_SECRET,
  WEB_URL: sharedVariables.WEB_URL,
  API_URL: sharedVariables.API_URL,
  HOST: sharedVariables.HOST,
  PORT: portOr(4000),
  TRUSTED_PROXY_HOPS: sharedVariables.TRUSTED_PROXY_HOPS,
  LOG_LEVEL: sharedVariables.LOG_LEVEL,
  MODELS_DIR: sharedVariables.MODELS_DIR,
  SAFETY_POLICY_FILE: sharedVariables.SAFETY_POLICY_FILE,
  DATA_DIR_MODELYARD: sharedVariables.DATA_DIR_MODELYARD,
  BLOBS_DIR: sharedVariables.BLOBS_DIR,
  HOLD_MS: z.coerce.number({ error: 'milliseconds' }).int().min(100).default(pipelineLimits.holdMs),
  DRAIN_MS: z.coerce
    .number({ error: 'milliseconds' })
    .int()
    .min(0)
    .max(3_600_000)
    .default(drainLimits.slowestMs),
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
  TEXT_DEVICE: z.enum(['cpu', 'cuda', 'vulkan', 'metal']).default('cpu'),
  TEXT_SEQUENCES: z.coerce.number({ error: 'a number of answers' }).int().min(2).max(256).default(10),
  TEXT_CONTEXT_TOKENS: z.coerce.number({ error: 'a number of tokens' }).int().min(128).default(2_048),
  TEXT_MODEL: z.string().default(''),
  HUB_MODELS: z.enum(['0', '1'], { error: '1, or nothing' }).default('0'),
  HUB_ENDPOINT: engineUrl.default('https://huggingface.co'),
  HUB_TOKEN: bearerToken.optional(),
  HUB_DIR: z.string().optional(),
  TEXT_UPSTREAM_URL: engineUrl.optional(),
  TEXT_UPSTREAM_MODEL: z.string().default(''),
  TEXT_UPSTREAM_ENGINE: z
    .enum(['compatible', 'openai', 'vllm', 'llama-cpp', 'tgi'], {
      error: 'compatible, openai, vllm, llama-cpp or tgi',
    })
    .default('compatible'),
  TEXT_UPSTREAM_API_KEY: bearerToken.optional(),
  SENTIMENT_UPSTREAM_URL: engineUrl.optional(),
  SENTIMENT_UPSTREAM_MODEL: z.string().default('sentiment'),
  SENTIMENT_UPSTREAM_MODEL_VERSION: z.string().optional(),
  SENTIMENT_UPSTREAM_API_KEY: bearerToken.optional(),
  SENTIMENT_UPSTREAM_BATCHES: z.coerce
    .number({ error: 'a number of batches' })
    .int()
    .min(1)
    .max(64)
    .default(4),
  /** `fake`: no model, for tests and the benchmark of the gateway itself. */
  INFERENCE_RUNTIME: z.enum(['onnx', 'fake']).default('onnx'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z.url().optional(),
  OTEL_SERVICE_NAME: z.string().default('modelyard-inference'),
  FAKE_RUNTIME_LATENCY_MS: z.coerce.number({ error: 'milliseconds' }).int().min(0).default(0),
  FAKE_RUNTIME_BATCH_ITEMS: z.coerce.number({ error: 'a number of texts' }).int().min(1).default(64),
});
const schema = variables
  .refine((given) => !given.TEXT_UPSTREAM_URL || given.TEXT_UPSTREAM_MODEL !== '', {
    error: 'the name of the model, as the engine at TEXT_UPSTREAM_URL calls it',
    path: ['TEXT_UPSTREAM_MODEL'],
  })
  .refine((given) => !given.TEXT_UPSTREAM_URL || given.TEXT_MODEL === '', {
    error: 'nothing, where the engine at TEXT_UPSTREAM_URL writes',
    path: ['TEXT_MODEL'],
  });

export type InferenceEnvironment = ReturnType<typeof readInferenceEnvironment>;

export function readInferenceEnvironment(given: Variables = process.env) {
  const read = parseEnvironment(schema, given);
  return {
    isProduction: read.NODE_ENV === 'production',
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
    blobsDir: read.BLOBS_DIR ?? path.join(read.DATA_DIR_MODELYARD, 'blobs'),
    holdMs: read.HOLD_MS,
    drainMs: read.DRAIN_MS,
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
    /** Null: the text model of the models folder is served. */
    textUpstream:
      read.TEXT_UPSTREAM_URL === undefined
        ? null
        : {
            url: read.TEXT_UPSTREAM_URL,
            model: read.TEXT_UPSTREAM_MODEL,
            engine: read.TEXT_UPSTREAM_ENGINE,
            apiKey: read.TEXT_UPSTREAM_API_KEY ?? null,
          },
    /** Null: the sentiment model is run here. */
    sentimentUpstream:
      read.SENTIMENT_UPSTREAM_URL === undefined
        ? null
        : {
            url: read.SENTIMENT_UPSTREAM_URL,
            model: read.SENTIMENT_UPSTREAM_MODEL,
            modelVersion: read.SENTIMENT_UPSTREAM_MODEL_VERSION ?? null,
            apiKey: read.SENTIMENT_UPSTREAM_API_KEY ?? null,
            parallelBatches: read.SENTIMENT_UPSTREAM_BATCHES,
          },
    /** Null: no traces. */
    traces:
      (read.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? read.OTEL_EXPORTER_OTLP_ENDPOINT)
        ? { serviceName: read.OTEL_SERVICE_NAME }
        : null,
    runtime: read.INFERENCE_RUNTIME,
    fakeRuntimeLatencyMs: read.FAKE_RUNTIME_LATENCY_MS,
    fakeRuntimeBatchItems: read.FAKE_RUNTIME_BATCH_ITEMS,
  };
}
