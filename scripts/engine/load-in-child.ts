import { fileURLToPath } from 'node:url';
import { EngineError, type WantedEngine } from '#workers/fine-tuning/engine/engine.ts';
import { runQuietly, tellingLine } from './run-quietly.ts';

const ENTRY = fileURLToPath(new URL('./say-engine.ts', import.meta.url));

/** Starts the engine in a process of its own, since a library that does not fit may end it, and says what it is. */
export async function loadInChild(wanted: WantedEngine): Promise<string> {
  const { code, output } = await runQuietly(process.execPath, ['--import', 'tsx', ENTRY, wanted]);
  if (code === 0) return output.trim().split('\n').at(-1) ?? '';
  throw new EngineError(`It is built, but does not start: ${tellingLine(output)}`);
}
