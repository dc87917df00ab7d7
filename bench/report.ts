import type { GatewayFigures, ServerFigures } from './measure-gateway.ts';
import type { FloorFigures, ModelFigures } from './measure-model.ts';
import type { ScalingFigures } from './measure-scaling.ts';
import type { WritingFigures, WritingSpeed } from './measure-writing.ts';
import { targetsOf } from './targets.ts';

/** Of the parts that were measured. */
export interface BenchReport {
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly node: string;
    readonly loadAverage: number;
  };
  readonly gateway?: GatewayFigures;
  readonly texts?: ModelFigures;
  readonly pictures?: ModelFigures;
  readonly writing?: WritingFigures;
  readonly scaling?: ScalingFigures;
  readonly startMs?: number;
}

export function toText(report: BenchReport): string {
  const { machine, gateway, texts, pictures, writing, scaling } = report;
  const targets = targetsOf(report).map(({ what, value, bound, kind, unit, met }) => [
    what,
    `${value.toFixed(2)} ${unit}`,
    `${kind} ${bound} ${unit}`,
    met ? 'met' : 'NOT MET',
  ]);
  return [
    `${machine.cores} x ${machine.cpu}, Node ${machine.node}, load average at the start ${machine.loadAverage.toFixed(1)}`,
    '',
    ...(gateway ? gatewayLines(gateway) : []),
    ...(texts ? modelLines('texts', texts) : []),
    ...(pictures ? modelLines('pictures', pictures) : []),
    ...(writing ? writingLines(writing) : []),
    ...(scaling ? scalingLines(scaling) : []),
    '',
    table(targets),
  ].join('\n');
}

function gatewayLines(figures: GatewayFigures): string[] {
  const { connections, customers, bare, insert, gateway, ofCustomers } = figures;
  const rows = [
    ['', 'req/s', 'p50 ms', 'p95 ms', 'CPU s/1,000 Node', 'PostgreSQL'],
    serverRow('bare Hono', bare),
    serverRow('Hono, one INSERT a request', insert),
    serverRow('gateway, model that does nothing', gateway),
    serverRow(`the same, ${customers} customers by turns`, ofCustomers),
  ];
  return [`${connections} connections`, table(rows), ''];
}

function writingLines({ rows }: WritingFigures): string[] {
  const cells = (name: string, { tokensPerS, firstMs, gapMs, gapP99Ms }: WritingSpeed) => [
    name,
    tokensPerS.toFixed(0),
    firstMs.toFixed(1),
    gapMs.toFixed(2),
    gapP99Ms.toFixed(2),
  ];
  return [
    'writing on one thread',
    table([
      ['', 'tokens/s', 'first token ms', 'between tokens ms', 'p99'],
      ...rows.flatMap(({ streams, floor, gateway }) => [
        cells(`bare engine, ${streams} at once`, floor),
        cells(`gateway, ${streams} at once`, gateway),
      ]),
    ]),
    ...rows.map(
      ({ streams, addedFirstMs, addedGapMs }) =>
        `${streams} at once: the gateway adds ${addedFirstMs.toFixed(1)} ms to the first token, ${addedGapMs.toFixed(2)} ms between tokens`,
    ),
    '',
  ];
}

function modelLines(what: string, figures: ModelFigures): string[] {
  const { loop, loops, gatewayPerSecond, concurrency } = figures;
  return [
    `${what}: one bare loop ${loopText(loop)}, on each core ${loopText(loops)}; gateway ${gatewayPerSecond.toFixed(0)} a second at concurrency ${concurrency}`,
    `alone: model ${figures.aloneModelMs.toFixed(2)} ms, one INSERT over HTTP ${figures.aloneInsertMs.toFixed(2)} ms; gateway ${figures.aloneGatewayMs.toFixed(2)} ms, ${figures.aloneAddedMs.toFixed(2)} ms more than the model`,
  ];
}

function scalingLines({ floor }: ScalingFigures): string[] {
  const cpu = floor.cpuOfThreeTimesTheLoad.toFixed(2);
  return [
    `servers that only INSERT a row a request: CPU of three / one, thrice the load ${cpu} x; p99 at the gateway's half load, less bare Hono ${floor.addedP99Ms.toFixed(2)} ms`,
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
