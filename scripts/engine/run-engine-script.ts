import { EngineError } from '#workers/fine-tuning/engine/engine.ts';

/** What the reader can mend is said in a sentence; anything else keeps its stack. */
export async function runEngineScript(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const wrongOption =
      error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
    if (!(error instanceof EngineError || wrongOption)) throw error;
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
