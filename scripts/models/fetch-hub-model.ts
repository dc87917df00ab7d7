import { readInferenceEnvironment } from '#server/platform/environment/inference.ts';
import { fetchHubModel } from '#workers/model-runtime/hub/fetch-hub-model.ts';
import { createHubClient } from '#workers/model-runtime/hub/hub-client.ts';
import { HubError } from '#workers/model-runtime/hub/hub-error.ts';
import { parseHubModel } from '#workers/model-runtime/hub/hub-model.ts';
import { runScript } from './run-script.ts';

/** Fetches what TEXT_MODEL would name before the gateway starts, which then needs no network for it. */
async function main(): Promise<void> {
  const [name] = process.argv.slice(2);
  if (!name) throw new HubError('npm run hub:fetch -- hf:OWNER/NAME@COMMIT/PATH.gguf');
  // Only the hub's variables are asked for; no database is, and nothing is sealed.
  const unused = { DATABASE_URL: 'postgresql://localhost/none', MODELYARD_SECRET: 'none'.repeat(8) };
  const { hub } = readInferenceEnvironment({ ...unused, ...process.env });
  const say = ({ file, bytes, of }: Record<string, unknown>) =>
    console.log(of ? `${file}: ${bytes} of ${of} bytes` : `${file}: ${bytes} bytes`);
  const logger = { info: (fields: object) => say(fields as Record<string, unknown>), warn() {}, error() {} };
  console.log(
    await fetchHubModel({ client: createHubClient(hub), folder: hub.folder, logger }, parseHubModel(name)),
  );
}

await runScript(main);
