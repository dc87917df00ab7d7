import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startBenchDatabase } from './bench-database.ts';
import { bundleTo } from './bench-processes.ts';
import { measureGateway } from './measure-gateway.ts';
import { measureModel } from './measure-model.ts';
import { measureScaling } from './measure-scaling.ts';
import { measureStart } from './measure-start.ts';
import { measureWriting } from './measure-writing.ts';
import { type BenchReport, toText } from './report.ts';
import { soak } from './soak.ts';
import { images, sentiment } from './subjects.ts';

/**
 * The gateway against its floors, everything in one run, because machines differ and neighbours make noise: only
 * ratios of what was measured seconds apart mean anything. Takes about 8 minutes, or with the names of parts (gateway texts
 * pictures writing scaling start) less: `npm run bench -- gateway texts start` under three. With --soak: one load for ten
 * minutes (--minutes).
 */
const partNames = ['gateway', 'texts', 'pictures', 'writing', 'scaling', 'start'] as const;
type Part = (typeof partNames)[number];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string' },
    soak: { type: 'boolean' },
    minutes: { type: 'string', default: '10' },
  },
});
const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  node: process.version,
  loadAverage: loadavg()[0] ?? 0,
};
const folder = path.resolve('.modelyard/bench');
/** Of most parts only the first one calls. */
const customers = 24;

const unknown = positionals.filter((part) => !partNames.includes(part as Part));
if (unknown.length > 0)
  throw new Error(`There is no part ${unknown.join(', ')}; there are ${partNames.join(', ')}.`);

note('building');
await bundleTo(folder);
const database = await startBenchDatabase(customers);
try {
  if (values.soak) {
    note(`soak: ${values.minutes} minutes`);
    process.stdout.write(
      `${JSON.stringify(await soak(folder, database, Number(values.minutes)), null, 2)}\n`,
    );
  } else {
    note(`measuring ${positionals.join(', ') || 'everything'}`);
    const report = await measure(positionals);
    process.stdout.write(`${toText(report)}\n`);
    if (values.json) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
  }
} finally {
  await database.stop();
}

async function measure(parts: readonly string[]): Promise<BenchReport> {
  const has = (part: Part) => parts.length === 0 || parts.includes(part);
  const modelRounds = { rounds: 4, roundMs: 3_000, threads: machine.cores };
  return {
    machine,
    gateway: has('gateway')
      ? await measureGateway(folder, database, { rounds: 5, roundMs: 4_000 })
      : undefined,
    texts: has('texts') ? await measureModel(folder, database, sentiment, modelRounds) : undefined,
    pictures: has('pictures') ? await measureModel(folder, database, images, modelRounds) : undefined,
    writing: has('writing') ? await measureWriting(folder, database, 3) : undefined,
    scaling: has('scaling')
      ? await measureScaling(folder, database, { rounds: 3, roundMs: 4_000 })
      : undefined,
    startMs: has('start') ? await measureStart(folder, database, 3) : undefined,
  };
}

function note(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}
