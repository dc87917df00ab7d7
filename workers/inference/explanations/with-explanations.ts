import type { Answer, MeteredEndpoint } from '../endpoint.ts';
import type { ServedModel } from '../models/served-model.ts';
import type { ExplainedKind } from './explained-kind.ts';
import { planOnce } from './plan-once.ts';

export interface ExplainingOptions<Request, Item, Own, Ask, AskItem, Output> {
  readonly kind: ExplainedKind<Ask, AskItem, Output>;
  isAsked(request: Request): boolean;
  /** What is to be explained of each input. */
  asksOf(request: Request): readonly Ask[];
  /** The one model that answers and explains. */
  modelOf(request: Request): ServedModel<Item | AskItem, Own | Output>;
  inputUnitsOf(output: Own | Output): number;
  /** Of an explanation as it stands alone, what stands beside an answer. */
  shown(explanation: object): object;
}

interface Asked<Ask> {
  readonly asks: readonly Ask[];
  readonly ownRuns: number;
  /** Runs of each input's explanation: first, and in each step after. */
  readonly runs: readonly (readonly number[])[];
}

/**
 * The same endpoint, whose answers are explained where the request asks for it. The runs of all explanations go together,
 * behind the endpoint's own, and cost what they cost by themselves.
 */
export function withExplanations<Request extends object, Item, Own, Ask, AskItem, Output>(
  endpoint: MeteredEndpoint<Request, Item, Own>,
  options: ExplainingOptions<Request, Item, Own, Ask, AskItem, Output>,
): MeteredEndpoint<Request, Item | AskItem, Own | Output> {
  const { kind } = options;
  const askedOnce = planOnce((request: Request): Asked<Ask> => {
    const asks = options.asksOf(request);
    const runs = [
      asks.map((ask) => kind.itemsOf(ask).length),
      ...kind.followUps.map((step) => asks.map((ask) => step.itemsMax(ask).length)),
    ];
    return { asks, ownRuns: endpoint.itemsOf(request).length, runs };
  });
  const askedOf = (request: Request) => (options.isAsked(request) ? askedOnce(request) : null);
  const each = (request: Request, of: (ask: Ask, input: number) => readonly AskItem[]): AskItem[] =>
    askedOf(request)?.asks.flatMap((ask, input) => [...of(ask, input)]) ?? [];

  return {
    ...endpoint,
    modelOf: (request) => options.modelOf(request),
    inputUnitsOf: (output) => options.inputUnitsOf(output),
    itemsOf(request) {
      const own = endpoint.itemsOf(request);
      return options.isAsked(request) ? [...own, ...each(request, (ask) => kind.itemsOf(ask))] : own;
    },
    followUps: kind.followUps.map((step) => ({
      itemsMax: (request) => each(request, (ask) => step.itemsMax(ask)),
      itemsOf(request, outputs) {
        const asked = askedOf(request);
        return each(request, (ask, input) =>
          step.itemsOf(ask, outputsOf<Own, Output>(asked, input, outputs)),
        );
      },
    })),
    paramOf: (request, index) => endpoint.paramOf(request, inputOf(askedOf(request), index)),
    reply(request, answer) {
      const asked = askedOf(request);
      if (!asked) return endpoint.reply(request, answer as Answer<Own>);
      const own = { ...answer, outputs: answer.outputs.slice(0, asked.ownRuns) as Own[] };
      const reply = endpoint.reply(request, own) as { readonly data: readonly object[] };
      return {
        ...reply,
        data: reply.data.map((entry, input) => {
          const ask = asked.asks[input];
          if (!ask) return entry;
          const outputs = outputsOf<Own, Output>(asked, input, answer.outputs);
          return { ...entry, explanation: options.shown(kind.reply(ask, { ...answer, outputs })) };
        }),
      };
    },
  };
}

/** Of the explanation of one input, as far as the steps have come: first its own items', then those of each step. */
function outputsOf<Own, Output>(
  asked: Asked<unknown> | null,
  input: number,
  outputs: readonly (Own | Output)[],
): Output[] {
  if (!asked) return [];
  let start = asked.ownRuns;
  return asked.runs.flatMap((runs) => {
    const before = runs.slice(0, input).reduce((sum, count) => sum + count, start);
    start = runs.reduce((sum, count) => sum + count, start);
    return outputs.slice(before, before + (runs[input] ?? 0)) as Output[];
  });
}

/** Whose run it is. */
function inputOf(asked: Asked<unknown> | null, index: number): number {
  if (!asked || index < asked.ownRuns) return index;
  let end = asked.ownRuns;
  for (const runs of asked.runs) {
    for (const [input, count] of runs.entries()) {
      end += count;
      if (index < end) return input;
    }
  }
  return index;
}
