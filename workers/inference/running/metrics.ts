import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { MeteringCallName } from '#server/platform/metering/create-metering.ts';
import type { ObserveStage } from '../pipeline.ts';
import { TimerHistogram } from './timer-histogram.ts';

export interface GatewayMetrics {
  readonly registry: Registry;
  readonly observeStage: ObserveStage;
  countAnswer(route: string, status: number, code: string, tookMs: number): void;
  countCall(call: { name: MeteringCallName; rows: number; tookMs: number }): void;
  countBatch(model: string, batch: { items: number; waitedMs: number; ranMs: number }): void;
  timeFirstToken(route: string, tookMs: number): void;
  countTokens(model: string, tokens: { input: number; output: number }): void;
  watchDepth(queue: string, depth: () => number): void;
}

const secondsBuckets = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];
const sizeBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** For Prometheus. Labels are routes, stages, models and codes of ours, never anything of a customer's. */
export function createMetrics(): GatewayMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const stages = new TimerHistogram({
    name: 'inference_stage_seconds',
    help: 'Time in a stage of the pipeline.',
    labelName: 'stage',
    boundsSeconds: secondsBuckets,
    registers,
  });
  const answers = new Counter({
    name: 'inference_answers_total',
    help: 'Answers, by route, status and code.',
    labelNames: ['route', 'status', 'code'],
    registers,
  });
  const durations = new TimerHistogram({
    name: 'inference_answer_seconds',
    help: 'Time from request to answer.',
    labelName: 'route',
    boundsSeconds: secondsBuckets,
    registers,
  });
  const firstTokens = new TimerHistogram({
    name: 'inference_first_token_seconds',
    help: 'Time from request to the first token that was written for it.',
    labelName: 'route',
    boundsSeconds: secondsBuckets,
    registers,
  });
  const tokens = new Counter({
    name: 'inference_tokens_total',
    help: 'Tokens that were billed, read or written.',
    labelNames: ['model', 'kind'],
    registers,
  });
  const calls = new Histogram({
    name: 'inference_metering_seconds',
    help: 'Time of a call to the database.',
    labelNames: ['call'],
    buckets: secondsBuckets,
    registers,
  });
  const rows = new Histogram({
    name: 'inference_metering_rows',
    help: 'Requests in a call to the database.',
    labelNames: ['call'],
    buckets: sizeBuckets,
    registers,
  });
  const batchItems = new Histogram({
    name: 'inference_batch_items',
    help: 'Items in a batch of a model.',
    labelNames: ['model'],
    buckets: sizeBuckets,
    registers,
  });
  const batchWaits = new Histogram({
    name: 'inference_batch_wait_seconds',
    help: 'Time that the first item of a batch waited.',
    labelNames: ['model'],
    buckets: secondsBuckets,
    registers,
  });
  const batchRuns = new Histogram({
    name: 'inference_batch_run_seconds',
    help: 'Time that a batch ran.',
    labelNames: ['model'],
    buckets: secondsBuckets,
    registers,
  });
  const depths = new Map<string, () => number>();
  new Gauge({
    name: 'inference_queue_depth',
    help: 'What waits in a queue.',
    labelNames: ['queue'],
    registers,
    collect() {
      for (const [queue, depth] of depths) this.set({ queue }, depth());
    },
  });
  const answersOf = childrenOf((labels) => answers.labels(...labels));
  const callsOf = childrenOf((labels) => calls.labels(...labels));
  const rowsOf = childrenOf((labels) => rows.labels(...labels));
  const batchItemsOf = childrenOf((labels) => batchItems.labels(...labels));
  const batchWaitsOf = childrenOf((labels) => batchWaits.labels(...labels));
  const batchRunsOf = childrenOf((labels) => batchRuns.labels(...labels));

  return {
    registry,
    observeStage: (stage, tookMs) => stages.time(stage, tookMs),
    countAnswer(route, status, code, tookMs) {
      answersOf(route, `${status}`, code).inc();
      durations.time(route, tookMs);
    },
    countCall(call) {
      callsOf(call.name).observe(call.tookMs / 1_000);
      rowsOf(call.name).observe(call.rows);
    },
    countBatch(model, batch) {
      batchItemsOf(model).observe(batch.items);
      batchWaitsOf(model).observe(batch.waitedMs / 1_000);
      batchRunsOf(model).observe(batch.ranMs / 1_000);
    },
    timeFirstToken: (route, tookMs) => firstTokens.time(route, tookMs),
    countTokens(model, { input, output }) {
      tokens.labels(model, 'input').inc(input);
      tokens.labels(model, 'output').inc(output);
    },
    watchDepth: (queue, depth) => void depths.set(queue, depth),
  };
}

/** Finding a child by its labels costs more than counting, so each is looked up once. */
function childrenOf<Child>(make: (labels: string[]) => Child): (...labels: string[]) => Child {
  const known = new Map<string, Child>();
  return (...labels) => {
    const name = labels.join(' ');
    const child = known.get(name) ?? make(labels);
    known.set(name, child);
    return child;
  };
}
