import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { graphFile, ModelFolderError } from './model-folder.ts';
import { openSession } from './open-session.ts';

/** The graph of a model folder, if it can be run and gives what its folder says that it gives. */
export async function openGraph(folder: string, outputs: readonly string[]): Promise<InferenceSession> {
  const file = graphFile(folder);
  let graph: InferenceSession;
  try {
    graph = await openSession(join(folder, file));
  } catch (cause) {
    throw new ModelFolderError(`${file} is no ONNX file that can be run: ${(cause as Error).message}`, {
      cause,
    });
  }
  const missing = outputs.filter((name) => !graph.outputNames.includes(name));
  if (missing.length === 0) return graph;
  throw new ModelFolderError(`${file} gives ${graph.outputNames.join(', ')}, and no ${missing.join(', ')}.`);
}

/** What a graph gives for inputs that are all finite: anything else comes of damaged weights, and is no answer. */
export function expectFinite(values: Float32Array, output: string): Float32Array {
  // A sum is finite only if every term is: finite singles can't overflow a double.
  const sum = values.reduce((total, value) => total + value, 0);
  if (Number.isFinite(sum)) return values;
  throw new ModelFolderError(`The graph gives ${output} that are no numbers: its weights are damaged.`);
}
