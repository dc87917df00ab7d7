import type { GatewayFigures, ServerFigures } from './measure-gateway.ts';
import type { FloorFigures, ModelFigures } from './measure-model.ts';
import type { ScalingFigures } from './measure-scaling.ts';
import type { WritingFigures } from './measure-writing.ts';

export interface BenchReport {
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly node: string;
    readonly loadAverage: number;
  };
  readonly gateway: GatewayFigures;
  readonly texts: ModelFigures;
  readonly pictures: ModelFigures;
  readonly writing: WritingFigures;
  readonly scaling: ScalingFigures;
  readonly startMs: number;
}

interface Target {
  readonly what: string;
  readonly value: number;
  readonly bound: number;
  readonly kind: 'at least' | 'at most';
  readonly unit: string;
}

export function targetsOf(report: BenchReport): readonly (Target & { readonly met: boolean })[] {
  const { gateway, texts, pictures, startMs } = report;
  const targets: Target[] = [
    {
      what: 'requests, gateway / bare Hono',
      value: gateway.requestsToBare,
      bound: 0.25,
      kind: 'at least',
      unit: 'x',
    },
    {
      what: 'requests, gateway / one INSERT a request',
      value: gateway.requestsToInsert,
      bound: 1,
      kind: 'at least',
      unit: 'x',
    },
    {
      what: 'CPU, gateway / one INSERT a request',
      value: gateway.cpuToInsert,
      bound: 1,
      kind: 'at most',
      unit: 'x',
    },
    ...ofModel('texts', texts, 1.2),
    {
      what: 'time of a text alone, gateway / bare call',
      value: texts.aloneToModel,
      bound: 1.2,
      kind: 'at most',
      unit: 'x',
    },
    ...ofModel('pictures', pictures, 1.3),
    ...report.writing.rows.map(
      ({ streams, tokensToFloor }): Target => ({
        what: `tokens a second of ${streams} at once, gateway / bare engine`,
        value: tokensToFloor,
        bound: 0.8,
        kind: 'at least',
        unit: 'x',
      }),
    ),
    {
      what: 'CPU of a request, three gateways / one, same load',
      value: report.scaling.cpuOfThreeToOne,
      bound: 1.15,
      kind: 'at most',
      unit: 'x',
    },
    {
      what: 'CPU of a request, three gateways / one, thrice the load',
      value: report.scaling.cpuOfThreeTimesTheLoad,
      bound: 1.15,
      kind: 'at most',
      unit: 'x',
    },
    {
      what: 'answers of a model that sleeps 10 ms, two gateways / one',
      value: report.scaling.sleepingTwoToOne,
      bound: 1.9,
      kind: 'at least',
      unit: 'x',
    },
    {
      what: 'p99 at half load, gateway less bare Hono',
      value: report.scaling.addedP99Ms,
      bound: 5,
      kind: 'at most',
      unit: 'ms',
    },
    { what: 'process start to first answer', value: startMs / 1_000, bound: 2, kind: 'at most', unit: 's' },
  ];
  return targets.map((target) => ({
    ...target,
    met: target.kind === 'at least' ? target.value >= target.bound : target.value <= target.bound,
  }));
}

function ofModel(what: string, { concurrency, loop, loops }: ModelFigures, cpuBound: number): Target[] {
  const floors = [
    { name: 'one bare loop', of: loop },
    { name: 'a bare loop on each core', of: loops },
  ];
  return floors.flatMap(({ name, of }): Target[] => [
    {
      what: `${what} at concurrency ${concurrency}, gateway / ${name}`,
      value: of.itemsTo,
      bound: 0.85,
      kind: 'at least',
      unit: 'x',
    },
    {
      what: `CPU of ${what} at concurrency ${concurrency}, gateway / ${name}`,
      value: of.cpuTo,
      bound: cpuBound,
      kind: 'at most',
      unit: 'x',
    },
  ]);
}

export function toText(report: BenchReport): string {
  const { gateway, machine } = report;
  const rows = [
    ['', 'req/s', 'p50 ms', 'p95 ms', 'CPU s/1,000 Node', 'PostgreSQL'],
    serverRow('bare Hono', gateway.bare),
    serverRow('Hono, one INSERT a request', gateway.insert),
    serverRow('gateway, model that does nothing', gateway.gateway),
  ];
  const targets = targetsOf(report).map(({ what, value, bound, kind, unit, met }) => [
    what,
    `${value.toFixed(2)} ${unit}`,
    `${kind} ${bound} ${unit}`,
    met ? 'met' : 'NOT MET',
  ]);
  return [
    `${machine.cores} x ${machine.cpu}, Node ${machine.node}, load average at the start ${machine.loadAverage.toFixed(1)}`,
    '',
    `${gateway.connections} connections`,
    table(rows),
    '',
    ...modelLines('texts', report.texts),
    ...modelLines('pictures', report.pictures),
    ...report.writing.rows.map(
      ({ streams, floorTokensPerS, gatewayTokensPerS }) =>
        `writing, ${streams} at once on one thread: bare engine ${floorTokensPerS.toFixed(0)} tokens/s, gateway ${gatewayTokensPerS.toFixed(0)}`,
    ),
    `first token after ${report.writing.firstTokenMs.toFixed(0)} ms`,
    '',
    table(targets),
  ].join('\n');
}

function modelLines(what: string, figures: ModelFigures): string[] {
  const { loop, loops, gatewayPerSecond, concurrency } = figures;
  return [
    `${what}: one bare loop ${loopText(loop)}, on each core ${loopText(loops)}; gateway ${gatewayPerSecond.toFixed(0)} a second at concurrency ${concurrency}`,
    `alone: model ${figures.aloneModelMs.toFixed(2)} ms, gateway ${figures.aloneGatewayMs.toFixed(2)} ms, added ${figures.aloneAddedMs.toFixed(2)} ms`,
  ];
}

function loopText({ perSecond, shape }: FloorFigures): string {
  return `${perSecond.toFixed(0)} (batches of ${shape.batchItems}, ${shape.threads} threads)`;
}

function serverRow(name: string, figures: ServerFigures): string[] {
  return [
    name,
    figures.requestsPerSecond.toFixed(0),
    figures.p50Ms.toFixed(1),
    figures.p95Ms.toFixed(1),
    figures.nodeCpu.toFixed(3),
    figures.postgresCpu.toFixed(3),
  ];
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
