import { rm } from 'node:fs/promises';
import path from 'node:path';
import { type DemoAccess, seedDemo } from '#prisma/seed/demo.ts';
import { seedHouse } from '#prisma/seed/house.ts';
import { createPrisma } from '#server/platform/database/prisma.ts';
import { openDataFolder, readOrMakeSecrets } from './data-folder.ts';
import { inferenceNodeFlags } from './inference-node-flags.ts';
import { endLeftovers, processesFile, recordProcesses } from './leftovers.ts';
import { choosePort } from './ports.ts';
import { prepareSchema } from './prepare-schema.ts';
import { rotateLogs } from './rotate-logs.ts';
import { startDatabase } from './start-database.ts';
import { startService } from './start-service.ts';
import { type Supervised, supervise } from './supervise.ts';

export interface StackOptions {
  readonly root: string;
  readonly dataFolder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Where to look for free ports first. */
  readonly usualPorts?: UsualPorts;
  readonly seedsDemo: boolean;
  /** Builds what has changed. It runs beside the start of the database. */
  readonly build: () => Promise<void>;
  readonly onNote: (sentence: string) => void;
  /** Called whenever a process has started or ended, once the stack is up. */
  readonly onProcesses?: (pids: Readonly<Record<string, number>>) => void;
}

export interface Stack {
  readonly webUrl: string;
  readonly apiUrl: string;
  readonly databaseUrl: string;
  readonly demo: DemoAccess | undefined;
  pids(): Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

const mailGoesNowhere =
  'No mail is sent without SMTP_URL: nobody can confirm an address. With MODELYARD_DEMO=1 all mail can be read at /outbox.';

/** Everything, in order: data folder, database, migrations, seeds, then the three services, each watched. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { root, dataFolder, environment, onNote } = options;
  await openDataFolder(dataFolder);
  const left = await endLeftovers(dataFolder, root);
  if (left.length > 0) onNote(`Stopped what an earlier start had left running: ${left.join(', ')}.`);
  await rotateLogs(path.join(dataFolder, 'logs'));
  const secrets = await readOrMakeSecrets(dataFolder);

  const supervised: Supervised[] = [];
  let running: Record<string, number> = { supervisor: process.pid };
  const setPid = (name: string, pid: number | undefined) => {
    const { [name]: _, ...others } = running;
    running = pid === undefined ? others : { ...others, [name]: pid };
    try {
      recordProcesses(dataFolder, running);
      options.onProcesses?.(running);
    } catch (error) {
      // A full disk ends no service.
      onNote(`can't write the processes' numbers: ${error instanceof Error ? error.message : error}`);
    }
  };
  const stop = async () => {
    // The services drain while the database is still there.
    const services = supervised.filter((one) => one.name !== 'postgresql');
    await Promise.all(services.map((service) => service.stop()));
    await supervised.find((one) => one.name === 'postgresql')?.stop();
    await rm(processesFile(dataFolder), { force: true });
  };

  try {
    const ports = await choosePorts(environment, options.usualPorts ?? usualPorts, onNote);
    const building = options.build();
    // Awaited below; a failure until then must not count as unhandled.
    building.catch(() => {});
    const databaseUrl = environment.DATABASE_URL || (await startOwnDatabase());
    const demo = await prepareDatabase(databaseUrl);
    await building;

    const host = environment.HOST || '127.0.0.1';
    const webUrl = environment.WEB_URL || `http://127.0.0.1:${ports.web}`;
    const apiUrl = environment.API_URL || `http://127.0.0.1:${ports.inference}`;
    const serviceEnvironment = {
      ...environment,
      NODE_ENV: 'production' as const,
      MODELYARD_DEMO: environment.MODELYARD_DEMO || (options.seedsDemo ? '1' : ''),
      DATABASE_URL: databaseUrl,
      MODELYARD_SECRET: environment.MODELYARD_SECRET || secrets.masterSecret,
      WEB_URL: webUrl,
      API_URL: apiUrl,
      DATA_DIR_MODELYARD: dataFolder,
      // Whoever stops it waits; and what has not ended by `stopTimeoutMs` is killed.
      DRAIN_MS: environment.DRAIN_MS || '10000',
    };
    const stopTimeoutMs = Math.max(20_000, (Number(serviceEnvironment.DRAIN_MS) || 0) + 15_000);
    if (!environment.SMTP_URL && !serviceEnvironment.MODELYARD_DEMO) onNote(mailGoesNowhere);
    onNote('starting web, inference and background');
    const starts = await Promise.allSettled([
      startOne('web', 'scripts/start-web.js', ports.web),
      startOne('inference', 'workers/inference/main.js', ports.inference, inferenceNodeFlags),
      startOne('background', 'workers/background/main.js', ports.background),
    ]);
    const failed = starts.find((start) => start.status === 'rejected');
    if (failed) throw failed.reason;
    return { webUrl, apiUrl, databaseUrl, demo, pids: () => running, stop };

    async function startOne(
      name: string,
      entry: string,
      port: number,
      nodeFlags: readonly string[] = [],
    ): Promise<void> {
      supervised.push(
        await supervise({
          name,
          start: () =>
            startService({
              name,
              root,
              entry,
              nodeFlags,
              environment: serviceEnvironment,
              port,
              host,
              logFile: path.join(dataFolder, 'logs', `${name}.log`),
              ...(name === 'inference' && { stopTimeoutMs }),
              onSpawn: (pid) => setPid(name, pid),
            }),
          onEnd(how, nextTryMs) {
            setPid(name, undefined);
            onNote(`${name} ended (${how}); starting it again in ${nextTryMs} ms`);
          },
        }),
      );
    }

    async function startOwnDatabase(): Promise<string> {
      onNote('starting PostgreSQL');
      const database = await startDatabase({
        dataFolder,
        port: ports.database,
        password: secrets.databasePassword,
        onNote,
        onChange: (pid) => setPid('postgres', pid),
      });
      supervised.push(database.supervised);
      return database.url;
    }
  } catch (error) {
    await stop();
    throw error;
  }

  async function prepareDatabase(databaseUrl: string): Promise<DemoAccess | undefined> {
    const applied = await prepareSchema(databaseUrl, { folder: path.join(root, 'prisma/migrations') });
    if (applied.length > 0) onNote(`applied ${applied.length} migrations`);
    const db = createPrisma(databaseUrl, { max: 2, applicationName: 'seed' });
    try {
      await seedHouse(db);
      return options.seedsDemo ? await seedDemo(db, { password: secrets.demoPassword }) : undefined;
    } finally {
      await db.$disconnect();
    }
  }
}

interface UsualPorts {
  readonly web: number;
  readonly inference: number;
  readonly background: number;
  readonly database: number;
}
const usualPorts: UsualPorts = { web: 3000, inference: 4000, background: 4100, database: 54_329 };

async function choosePorts(
  environment: NodeJS.ProcessEnv,
  usual: UsualPorts,
  onNote: (sentence: string) => void,
): Promise<UsualPorts> {
  const taken = new Set<number>();
  const choose = async (name: string, variables: readonly string[], usualPort: number) => {
    const variable = variables.find((candidate) => environment[candidate]) ?? variables[0] ?? '';
    const given = { variable, value: environment[variable] };
    const port = await choosePort({ name, given, usual: usualPort }, taken, onNote);
    taken.add(port);
    return port;
  };
  return {
    web: await choose('web', ['WEB_PORT', 'PORT'], usual.web),
    inference: await choose('api', ['API_PORT'], usual.inference),
    background: await choose('background', ['BACKGROUND_PORT'], usual.background),
    database: environment.DATABASE_URL ? 0 : await choose('PostgreSQL', ['DATABASE_PORT'], usual.database),
  };
}
