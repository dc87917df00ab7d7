import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readSafetensors, writeSafetensors } from '#workers/model-zoo/safetensors.ts';
import type { OptimizerState } from './optimizer.ts';

export interface Checkpoint {
  readonly step: number;
  readonly state: OptimizerState;
}

export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

/** A checkpoint is there whole or not at all: a kill in the middle leaves the one before. */
export function writeCheckpoint(file: string, { step, state }: Checkpoint, settings: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.part`, writeSafetensors(state, { step: String(step), settings }));
  renameSync(`${file}.part`, file);
}

/** Undefined where none is. `settings` is whatever decides the run: one of another run is refused. */
export function readCheckpoint(file: string, settings: string): Checkpoint | undefined {
  if (!existsSync(file)) return undefined;
  const { tensors, metadata } = readSafetensors(readFileSync(file));
  if (metadata.settings !== settings) {
    throw new CheckpointError(`${file} is of a run with other settings. Move it away to start anew.`);
  }
  return { step: Number(metadata.step), state: tensors };
}
