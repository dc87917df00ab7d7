import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { readProduct } from './product.ts';
import { runReceiver } from './run-receiver.ts';
import startProduct from './start-product.ts';

/**
 * `npm run test:python`: every Python sample of the documents, as it is written, against the product. Apart from `npm test`, since it
 * needs Python 3 and PyPI. Without E2E_READY_FILE it builds and starts the product itself.
 */
const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '..');
const samplesFolder = path.join(root, 'app', '_samples');
const venv = path.join(root, '.modelyard', 'python');
const PACKAGES = ['openai', 'huggingface_hub', 'standardwebhooks'];
const SAMPLE_TIMEOUT_MS = 120_000;
/** What the samples open. */
const PICTURES = ['cat.jpg', 'coffee.jpg', 'rocket.jpg'];

interface Variant {
  readonly name: string;
  readonly code: string;
}
interface Sample {
  readonly title: string;
  readonly code: string;
}

/** Whatever the folder of samples gives when it is asked as the pages ask it. */
async function pythonSamples({ apiUrl }: { readonly apiUrl: string }): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const file of readdirSync(samplesFolder).filter((name) => name.endsWith('.ts'))) {
    const exported = (await import(pathToFileURL(path.join(samplesFolder, file)).href)) as Record<
      string,
      unknown
    >;
    for (const [name, make] of Object.entries(exported)) {
      if (typeof make !== 'function') continue;
      const made = (make as (url: string) => Variant | readonly Variant[])(apiUrl);
      for (const variant of [made].flat() as Variant[]) {
        if (variant?.name?.startsWith('Python'))
          samples.push({ title: `${file} ${name}`, code: variant.code });
      }
    }
  }
  return samples;
}

async function webhookDelivery(): Promise<string> {
  const file = pathToFileURL(path.join(samplesFolder, 'webhook-calls.ts')).href;
  const { webhookDelivery: make } = (await import(file)) as { webhookDelivery: () => readonly Variant[] };
  return make()[0]?.code ?? '';
}

async function python(): Promise<string> {
  const program = path.join(venv, 'bin', 'python');
  if (!existsSync(program)) {
    mkdirSync(path.dirname(venv), { recursive: true });
    await run(process.env.PYTHON ?? 'python3', ['-m', 'venv', venv]);
  }
  await run(program, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES]);
  return program;
}

async function main(): Promise<void> {
  const program = await python();
  const stop = await startProduct();
  const folder = mkdtempSync(path.join(tmpdir(), 'modelyard-python-'));
  let failed = 0;
  try {
    const product = readProduct();
    const samples = await pythonSamples(product);
    for (const picture of PICTURES) {
      const answer = await fetch(`${product.webUrl}/samples/${picture}`);
      if (answer.ok) writeFileSync(path.join(folder, picture), new Uint8Array(await answer.arrayBuffer()));
    }
    const env = { ...process.env, MODELYARD_KEY: product.demoKey, PYTHONUNBUFFERED: '1' };
    for (const { title, code } of samples) {
      try {
        const options = { cwd: folder, env, timeout: SAMPLE_TIMEOUT_MS };
        const args = ['-c', code];
        const stdout = code.includes('serve_forever')
          ? await runReceiver({ program, args, delivery: await webhookDelivery(), ...options })
          : (await run(program, args, options)).stdout;
        if (stdout.trim() === '') throw new Error('It printed nothing.');
        console.log(`passed  ${title}`);
      } catch (error) {
        failed++;
        console.log(`failed  ${title}\n${String((error as { stderr?: string }).stderr || error)}`);
      }
    }
    console.log(`${samples.length - failed} passed, ${failed} failed`);
    if (samples.length === 0) throw new Error('There is no sample in Python.');
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await stop?.();
  }
  process.exitCode = failed > 0 ? 1 : 0;
}

await main();
