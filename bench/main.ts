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
 * ratios of what was measured seconds apart mean anything. Takes about 7 minutes. With --soak: one load for ten minutes (--minutes).
 */
const { values } = parseArgs({
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
const note = (sentence: string) => process.stderr.write(`${sentence}\n`);

note('building');
await bundleTo(folder);
const database = await startBenchDatabase(1);
try {
  if (values.soak) {
    note(`soak: ${values.minutes} minutes`);
    process.stdout.write(
      `${JSON.stringify(await soak(folder, database, Number(values.minutes)), null, 2)}\n`,
    );
  } else await measureAll();
} finally {
  await database.stop();
}

async function measureAll(): Promise<void> {
  note('gateway: 5 rounds of 3 servers');
  const gateway = await measureGateway(folder, database, { rounds: 5, roundMs: 4_000 });
  const modelRounds = { rounds: 4, roundMs: 3_000, threads: machine.cores };
  note('sentiment: 4 rounds');
  const texts = await measureModel(folder, database, sentiment, modelRounds);
  note('pictures: 4 rounds');
  const pictures = await measureModel(folder, database, images, modelRounds);
  note('writing: 3 rounds');
  const writing = await measureWriting(folder, database, 3);
  note('scaling: 3 rounds');
  const scaling = await measureScaling(folder, database, { rounds: 3, roundMs: 4_000 });
  note('start: 3 times');
  const startMs = await measureStart(folder, database, 3);
  const report: BenchReport = { machine, gateway, texts, pictures, writing, scaling, startMs };
  process.stdout.write(`${toText(report)}\n`);
  if (values.json) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
}
