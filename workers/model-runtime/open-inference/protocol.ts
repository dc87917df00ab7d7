import { z } from 'zod';
import type { EngineClient } from '../remote-engine/engine-client.ts';
import { RemoteEngineError, UnusableEngineError } from '../remote-engine/remote-engine-error.ts';

/** Open Inference Protocol v2 over HTTP (kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol). */
export interface RemoteModel {
  readonly client: EngineClient;
  readonly name: string;
  /** Null: the one that the engine takes by itself. */
  readonly version: string | null;
}

export interface EngineTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly datatype: 'INT64' | 'INT32';
  /** Row by row. */
  readonly data: readonly number[];
}

const tensorMetadata = z.looseObject({
  name: z.string(),
  datatype: z.string(),
  shape: z.array(z.number()).nullish(),
});
const metadata = z.looseObject({
  platform: z.string().nullish(),
  inputs: z.array(tensorMetadata).nullish(),
  outputs: z.array(tensorMetadata).nullish(),
});
export type ModelMetadata = z.infer<typeof metadata>;

/** Numbers in rows, or in rows of rows: the protocol has both. */
const numbers = z.union([z.array(z.number()), z.array(z.array(z.number()))]);
const inferred = z.looseObject({
  outputs: z.array(
    z.looseObject({ name: z.string(), shape: z.array(z.int().min(0)), datatype: z.string(), data: numbers }),
  ),
});

/** Throws RemoteEngineError while the engine, or the model in it, is not ready. */
export async function checkReady(model: RemoteModel, signal: AbortSignal): Promise<void> {
  for (const path of ['/v2/health/ready', `${pathOf(model)}/ready`]) {
    const { status } = await model.client.ask({ path, signal });
    if (status !== 200) throw toStatusError(status);
  }
}

export async function readMetadata(model: RemoteModel, signal: AbortSignal): Promise<ModelMetadata> {
  const { status, json } = await model.client.ask({ path: pathOf(model), signal });
  if (status !== 200) throw toStatusError(status);
  const read = metadata.safeParse(json);
  if (!read.success)
    throw new UnusableEngineError('The engine describes its model in another way than the protocol.');
  return read.data;
}

/** One output, row by row. Throws RemoteEngineError. */
export async function infer(
  model: RemoteModel,
  {
    inputs,
    output,
    signal,
  }: {
    readonly inputs: readonly EngineTensor[];
    readonly output: string;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<readonly number[]> {
  const body = { inputs, outputs: [{ name: output }] };
  const { status, json } = await model.client.ask({ path: `${pathOf(model)}/infer`, body, signal });
  if (status !== 200) throw toStatusError(status);
  const found = inferred.safeParse(json).data?.outputs.find(({ name }) => name === output);
  if (!found)
    throw new RemoteEngineError('unreadable', `The engine's answer has no numbers called ${output}.`);
  const values = found.data.flat();
  if (found.shape[0] !== inputs[0]?.shape[0] || product(found.shape) !== values.length) {
    throw new RemoteEngineError('unreadable', "The engine's answer is not of the shape that was asked for.");
  }
  return values;
}

function pathOf({ name, version }: RemoteModel): string {
  const path = `/v2/models/${encodeURIComponent(name)}`;
  return version === null ? path : `${path}/versions/${encodeURIComponent(version)}`;
}

function product(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}

function toStatusError(status: number): Error {
  if (status === 401 || status === 403) {
    return new UnusableEngineError(`The engine refuses the key (status ${status}).`);
  }
  return new RemoteEngineError('status', `The engine answered with status ${status}.`, status);
}
