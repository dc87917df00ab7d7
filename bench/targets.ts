import type { GatewayFigures } from './measure-gateway.ts';
import type { ModelFigures } from './measure-model.ts';
import type { ScalingFigures } from './measure-scaling.ts';
import type { WritingFigures } from './measure-writing.ts';
import type { BenchReport } from './report.ts';

export interface Target {
  readonly what: string;
  readonly value: number;
  readonly bound: number;
  readonly kind: 'at least' | 'at most';
  readonly unit: 'x' | 'ms' | 's';
}

/** What the figures of a run have to reach; of parts that were not measured, nothing. */
export function targetsOf(report: BenchReport): readonly (Target & { readonly met: boolean })[] {
  const { gateway, texts, pictures, writing, scaling, startMs } = report;
  const targets = [
    ...(gateway ? ofGateway(gateway) : []),
    ...(texts ? [...ofModel('texts', texts, 1.2), ofText(texts)] : []),
    ...(pictures ? ofModel('pictures', pictures, 1.3) : []),
    ...(writing ? ofWriting(writing) : []),
    ...(scaling ? ofScaling(scaling) : []),
    ...(startMs ? [atMost(2, 'process start to first answer', startMs / 1_000, 's')] : []),
  ];
  return targets.map((target) => ({
    ...target,
    met: target.kind === 'at least' ? target.value >= target.bound : target.value <= target.bound,
  }));
}

function ofGateway({ requestsToBare, requestsToInsert, cpuToInsert }: GatewayFigures): Target[] {
  return [
    atLeast(0.25, 'requests, gateway / bare Hono', requestsToBare),
    atLeast(1, 'requests, gateway / one INSERT a request', requestsToInsert),
    atMost(1, 'CPU, gateway / one INSERT a request', cpuToInsert),
  ];
}

function ofModel(what: string, { concurrency, loop, loops }: ModelFigures, cpuBound: number): Target[] {
  const floors = [
    { name: 'one bare loop', of: loop },
    { name: 'a bare loop on each core', of: loops },
  ];
  return floors.flatMap(({ name, of }) => [
    atLeast(0.85, `${what} at concurrency ${concurrency}, gateway / ${name}`, of.itemsTo),
    atMost(cpuBound, `CPU of ${what} at concurrency ${concurrency}, gateway / ${name}`, of.cpuTo),
  ]);
}

function ofText({ aloneToModel }: ModelFigures): Target {
  return atMost(1.2, 'time of a text alone, gateway / bare call', aloneToModel);
}

function ofWriting({ rows }: WritingFigures): Target[] {
  const [, half] = rows;
  return [
    ...rows.map(({ streams, tokensToFloor }) =>
      atLeast(0.8, `tokens a second of ${streams} at once, gateway / bare engine`, tokensToFloor),
    ),
    atMost(5, 'p99 between tokens at half load, gateway less bare engine', half.addedGapP99Ms, 'ms'),
  ];
}

function ofScaling(figures: ScalingFigures): Target[] {
  return [
    atMost(1.15, 'CPU of a request, three gateways / one, same load', figures.cpuOfThreeToOne),
    atMost(1.15, 'CPU of a request, three gateways / one, thrice the load', figures.cpuOfThreeTimesTheLoad),
    atLeast(1.9, 'answers of a model that sleeps 10 ms, two gateways / one', figures.sleepingTwoToOne),
    atMost(5, 'p99 at half load, gateway less bare Hono', figures.addedP99Ms, 'ms'),
  ];
}

function atLeast(bound: number, what: string, value: number, unit: Target['unit'] = 'x'): Target {
  return { what, value, bound, kind: 'at least', unit };
}

function atMost(bound: number, what: string, value: number, unit: Target['unit'] = 'x'): Target {
  return { what, value, bound, kind: 'at most', unit };
}
