import { describeEngine, wantedEngine } from '#workers/fine-tuning/engine/engine.ts';
import { startEngine } from '#workers/fine-tuning/engine/start-engine.ts';
import { runEngineScript } from './run-engine-script.ts';

await runEngineScript(async () => {
  console.log(describeEngine(await startEngine(wantedEngine(process.argv[2]))));
});
