import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describeImageModel, digestImageModel } from '#workers/model-runtime/onnx/image-model-folder.ts';
import { graphFile } from '#workers/model-runtime/onnx/model-folder.ts';
import { openImageClassifier } from '#workers/model-runtime/onnx/open-image-classifier.ts';
import { timeRuns } from '../measures/time-runs.ts';
import type { Evaluation } from '../reports/evaluation.ts';
import { reportOf, reportsBySource } from '../reports/report.ts';
import { judgePictures } from './judge-pictures.ts';
import { readEvaluationPictures } from './labelled-pictures.ts';

const LATENCY_PICTURES = 50;

/** An image classifier on a ZIP or a folder of class folders. */
export async function evaluatePictures(folder: string, data: string): Promise<Evaluation> {
  const { classes } = await describeImageModel(folder);
  const pictures = readEvaluationPictures(data, classes);
  const model = await openImageClassifier(folder);
  await model.warmUp();
  // Read before: the clock is for the model, not for the disk.
  const timed = pictures.slice(0, LATENCY_PICTURES).map((picture) => picture.read());
  const { p50Ms } = await timeRuns(LATENCY_PICTURES, (run) =>
    model.classify([{ bytes: timed[run % timed.length] ?? new Uint8Array(), topK: 5 }]),
  );
  const { labels, judged, top5 } = await judgePictures(model, pictures, classes);
  return {
    model: basename(folder),
    digest: await digestImageModel(folder),
    data: basename(data),
    labels,
    all: {
      ...reportOf(judged, labels),
      top5,
      msP50: p50Ms,
      sizeBytes: statSync(join(folder, graphFile(folder))).size,
    },
    sources: reportsBySource(judged, pictures, labels),
  };
}
