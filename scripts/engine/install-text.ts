import { fileURLToPath } from 'node:url';
import { EngineError } from '#workers/fine-tuning/engine/engine.ts';
import { BINDING_VERSION, type LlamaDevice, packageName } from '#workers/model-runtime/llama-cpp/binding.ts';
import { runQuietly, tellingLine } from './run-quietly.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SAY = fileURLToPath(new URL('./say-text-engine.ts', import.meta.url));

export const TEXT_DEVICES: readonly LlamaDevice[] = ['cpu', 'cuda', 'vulkan', 'metal'];

/** llama.cpp's binaries for a device of this machine, from the package registry; says what they find there. */
export async function installText(wanted: string): Promise<string> {
  const device = TEXT_DEVICES.find((known) => known === wanted);
  if (!device) throw new EngineError(`--text takes ${TEXT_DEVICES.join(', ')}.`);
  const name = `@node-llama-cpp/${packageName(process.platform, process.arch, device)}@${BINDING_VERSION}`;
  console.log(`${name}: installing`);
  // Its install script would compile llama.cpp where no binary fits; a sentence is better.
  const args = ['install', '--no-save', '--ignore-scripts', name];
  const installed = await runQuietly('npm', args, { cwd: ROOT });
  if (installed.code !== 0) {
    throw new EngineError(`${name} could not be installed: ${tellingLine(installed.output)}`);
  }
  const { code, output } = await runQuietly(process.execPath, ['--import', 'tsx', SAY, device], {
    cwd: ROOT,
  });
  if (code !== 0) throw new EngineError(`It is installed, but does not start: ${tellingLine(output)}`);
  return `${output.trim().split('\n').at(-1)}. Start the gateway with TEXT_DEVICE=${device}.`;
}
