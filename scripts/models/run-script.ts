import { MissingBaseError } from './base-folder.ts';
import { MissingDataError } from './sentiment-data.ts';

/** What the reader can mend is said in a sentence; anything else keeps its stack. */
export async function runScript(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof MissingDataError || error instanceof MissingBaseError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
