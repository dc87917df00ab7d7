import type { ComputeMessage, RunMessage } from './compute-messages.ts';
import { openTextClassifier } from './open-text-classifier.ts';

/**
 * Where a model computes: started by `compute-pool.ts` with the model's folder as its only argument. A process
 * rather than a worker thread, since onnxruntime-node 1.30 ends the whole process ("terminate called after throwing
 * an instance of 'Napi::Error'") when a worker thread that runs a session is terminated.
 */
async function main(folder: string): Promise<void> {
  // Ctrl-C reaches the whole process group; the parent finishes its batches first and then lets go of this one.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {});
  process.on('disconnect', () => process.exit(0));

  const model = await openTextClassifier(folder);
  await model.classify([{ text: 'Ready when the first batch is through.', truncate: false }]);

  process.on('message', async ({ batchId, inputs }: RunMessage) => {
    try {
      send({ kind: 'answered', batchId, outputs: await model.classify(inputs) });
    } catch (error) {
      send({ kind: 'failed', batchId, reason: String(error) });
    }
  });
  send({ kind: 'ready' });
}

function send(message: ComputeMessage): void {
  if (process.connected) process.send?.(message);
}

main(process.argv[2] ?? '').catch((error: unknown) => {
  send({ kind: 'unusable', reason: String(error) });
  if (process.connected) process.disconnect();
});
