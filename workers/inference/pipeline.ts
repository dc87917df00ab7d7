import type { RequestTrace } from './tracing/request-trace.ts';

export type StageName =
  | 'limitBody'
  | 'readKey'
  | 'parseRequest'
  | 'claimKey'
  | 'nameRequest'
  | 'admit'
  | 'fetchInputs'
  | 'runModel'
  | 'settle'
  | 'respond';

/**
 * One step of a request: takes the context so far, returns it with what it adds, or throws a refusal. It adds in place:
 * a context belongs to one request, and copying it at each step costs more than most steps do.
 */
export interface Stage<In, Out> {
  /** Stands in the pipeline's list, in metrics and in the test of the order. */
  readonly name: StageName;
  run(context: In): Promise<Out> | Out;
}

export interface Pipeline<In, Out> {
  through<Next>(stage: Stage<Out, Next>): Pipeline<In, Next>;
  run(context: In): Promise<Out>;
  readonly stages: readonly StageName[];
}

export type ObserveStage = (stage: StageName, tookMs: number) => void;

interface Traced {
  readonly trace?: RequestTrace | null;
}

/** Stages in the order in which they are written: what guards a route can be read in one place. */
export function pipeline<In>(observe: ObserveStage): Pipeline<In, In> {
  return chain<In, In>([], observe);
}

function chain<In, Out>(stages: readonly Stage<never, unknown>[], observe: ObserveStage): Pipeline<In, Out> {
  return {
    through: <Next>(stage: Stage<Out, Next>) =>
      chain<In, Next>([...stages, stage as Stage<never, unknown>], observe),
    async run(context) {
      let current: unknown = context;
      let startedAt = performance.now();
      for (const stage of stages) {
        try {
          const next = stage.run(current as never);
          current = next instanceof Promise ? await next : next;
        } finally {
          const endedAt = performance.now();
          observe(stage.name, endedAt - startedAt);
          (context as Traced).trace?.span(stage.name, startedAt, endedAt);
          startedAt = endedAt;
        }
      }
      return current as Out;
    },
    stages: stages.map((stage) => stage.name),
  };
}
