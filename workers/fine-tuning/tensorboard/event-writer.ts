import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import {
  double,
  float,
  integer,
  join as joined,
  type Message,
  message,
  packedDoubles,
  text,
} from '#workers/model-zoo/onnx/protobuf-writer.ts';
import { histogramOf } from './histogram.ts';
import { tfRecord } from './tf-record.ts';

export interface EventWriter {
  scalar(tag: string, value: number, step: number): void;
  histogram(tag: string, values: Float32Array, step: number): void;
  close(): void;
}

/**
 * Writes one event file of TensorBoard (`event.proto` and `summary.proto` of TensorFlow) into the folder, beside
 * those of earlier runs: `tensorboard --logdir FOLDER` shows them as one.
 */
export function createEventWriter(folder: string, now: () => number = Date.now): EventWriter {
  mkdirSync(folder, { recursive: true });
  const seconds = Math.floor(now() / 1000);
  const file = openSync(join(folder, `events.out.tfevents.${seconds}.${hostname()}.${process.pid}`), 'a');
  const write = (...fields: Message[]) => {
    const event = joined([double(1, now() / 1000), ...fields].flat());
    writeSync(file, tfRecord(event));
  };
  const summary = (step: number, tag: string, value: Message) =>
    write(integer(2, step), message(5, message(1, text(1, tag), value)));
  write(text(3, 'brain.Event:2'));

  return {
    scalar: (tag, value, step) => summary(step, tag, float(2, value)),
    histogram(tag, values, step) {
      const { min, max, count, sum, sumOfSquares, limits, counts } = histogramOf(values);
      const fields = [
        double(1, min),
        double(2, max),
        double(3, count),
        double(4, sum),
        double(5, sumOfSquares),
      ];
      summary(step, tag, message(5, ...fields, packedDoubles(6, limits), packedDoubles(7, counts)));
    },
    close: () => closeSync(file),
  };
}
