import type { TextInput } from '../model-runtime.ts';
import type { ComputeMessage, ComputeTask, RunMessage } from './compute-messages.ts';

type Compute = (inputs: readonly unknown[]) => Promise<readonly object[]>;

/** Imported on demand, so that a process that reads texts loads no decoder of pictures. */
const openers: Readonly<Record<ComputeTask, (folder: string) => Promise<Compute>>> = {
  async sentiment(folder) {
    const { openTextClassifier } = await import('./open-text-classifier.ts');
    const model = await openTextClassifier(folder);
    await model.classify([{ text: 'Ready when the first batch is through.', truncate: false }]);
    return model.classify as Compute;
  },
  async 'text-embedding'(folder) {
    const { openTextEmbedder } = await import('./open-text-embedder.ts');
    const model = await openTextEmbedder(folder);
    await model.embed([{ text: 'Ready when the first batch is through.', truncate: false }]);
    return model.embed as Compute;
  },
  async 'text-tokens'(folder) {
    const { openTextReader } = await import('./reading/text-reader.ts');
    const read = await openTextReader(folder);
    return async (inputs) => read(inputs as readonly TextInput[]);
  },
  async 'image-classification'(folder) {
    const { openImageClassifier } = await import('./open-image-classifier.ts');
    const model = await openImageClassifier(folder);
    await model.warmUp();
    return model.answer as Compute;
  },
};

/**
 * Where a model computes: started by `compute-pool.ts` with the model's folder and task as its arguments. A process
 * rather than a worker thread, since onnxruntime-node 1.30 ends the whole process ("terminate called after throwing
 * an instance of 'Napi::Error'") when a worker thread that runs a session is terminated.
 */
async function main(folder: string, task: ComputeTask): Promise<void> {
  // Ctrl-C reaches the whole process group; the parent finishes its batches first and then lets go of this one.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
  process.on('disconnect', () => process.exit(0));

  const compute = await openers[task](folder);

  process.on('message', async ({ batchId, inputs }: RunMessage<unknown>) => {
    try {
      send({ kind: 'answered', batchId, outputs: await compute(inputs) });
    } catch (error) {
      send({ kind: 'failed', batchId, reason: String(error) });
    }
  });
  send({ kind: 'ready' });
}

/** To a parent that has just ended nothing can be said, and nothing needs to be: 'disconnect' ends this process too. */
function send(message: ComputeMessage<object>): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}

main(process.argv[2] ?? '', process.argv[3] as ComputeTask).catch((error: unknown) => {
  send({ kind: 'unusable', reason: String(error) });
  if (process.connected) process.disconnect();
});
