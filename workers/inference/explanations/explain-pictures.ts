import { DomainError } from '#server/domain/errors.ts';
import { explanationLimits } from '#server/domain/rate-limits/limits.ts';
import {
  type ExplanationPlan,
  explainedValues,
  followUpMasks,
  judgedValues,
  planOfGivenValues,
} from '#workers/explanations/explanation.ts';
import { gradCamValues } from '#workers/explanations/grad-cam.ts';
import { heatMap } from '#workers/explanations/heat-map.ts';
import { pictureCells } from '#workers/explanations/picture-cells.ts';
import type {
  ImageClass,
  ImageExplanationInput,
  ImageExplanationOutput,
  SeenImage,
} from '#workers/model-runtime/model-runtime.ts';
import type { Answer } from '../endpoint.ts';
import type { ServedModel } from '../models/served-model.ts';
import type { ExplainedKind } from './explained-kind.ts';
import type { PictureExplanationReply } from './explanation-reply.ts';
import type { PictureExplanationRequest } from './explanation-request.ts';
import { findClass } from './find-class.ts';
import { planOnce } from './plan-once.ts';
import { planRequest } from './plan-request.ts';

export interface ServedForExplaining extends ServedModel<ImageExplanationInput, ImageExplanationOutput> {
  /** In the order of its scores. */
  readonly classes: readonly ImageClass[];
  /** Whether it tells what the places of a picture do for a class: what grad-cam needs. */
  readonly hasMaps: boolean;
}

interface Plan extends Pick<ExplanationPlan, 'masks' | 'units' | 'followUpRunsMax'> {
  /** Undefined: the most probable one, which the first run tells. */
  readonly classIndex: number | undefined;
  /** Null: the values come from the first run's map. */
  readonly perturbing: ExplanationPlan | null;
}

const nothing = new Uint8Array();

/**
 * Parts of a picture are the cells of a grid on what the model sees; what is taken out has the mean colour. The first run
 * decodes the picture and scores it whole, the others are of what was seen then.
 */
export function explainPictures(
  model: ServedForExplaining,
): ExplainedKind<PictureExplanationRequest, ImageExplanationInput, ImageExplanationOutput> {
  const planOf = planOnce((request: PictureExplanationRequest) => makePlan(request, model));
  /** The plan's first mask is the whole, which the picture itself is scored for. */
  const masksAfterWhole = (request: PictureExplanationRequest) => planOf(request).masks.slice(1);

  return {
    scope: 'images',
    task: 'image-classification',
    modelOf(request) {
      const { id } = model.runtime.model;
      if (request.model == null || request.model === id) return model;
      throw new DomainError('not_found', `There is no such model to explain pictures of; there is ${id}.`, {
        param: 'model',
      });
    },
    itemsOf(request) {
      const { classIndex, perturbing } = planOf(request);
      return request.pictures.map((picture) => ({
        kind: 'see',
        bytes: picture.kind === 'bytes' ? picture.bytes : nothing,
        ...(!perturbing && { mapOf: classIndex ?? null }),
      }));
    },
    followUps: [
      {
        itemsMax: (request) => masksAfterWhole(request).map(notYetSeen),
        itemsOf: (request, outputs) => masked(request, planOf(request), masksAfterWhole(request), outputs),
      },
      {
        itemsMax: (request) =>
          Array.from({ length: planOf(request).followUpRunsMax }, () => notYetSeen(nothing)),
        itemsOf(request, outputs) {
          const plan = planOf(request);
          return masked(request, plan, followUpMasks(valuesOf(request, plan, outputs)), outputs);
        },
      },
    ],
    paramOf: ({ pictures }) => pictures[0]?.param,
    inputUnitsOf: () => 1,
    reply: (request, answer) => toReply(request, planOf(request), model.classes, answer),
  };
}

function makePlan(request: PictureExplanationRequest, { classes, hasMaps }: ServedForExplaining): Plan {
  const classIndex = request.label == null ? undefined : findClass(classes, request.label);
  const { method, grid } = request;
  if (method !== 'grad-cam') {
    const perturbing = planRequest({ ...request, method }, grid ** 2, 'The grid');
    return { ...perturbing, classIndex, perturbing };
  }
  if (hasMaps) return { ...planOfGivenValues(grid ** 2), classIndex, perturbing: null };
  throw new DomainError('invalid_request', 'This model gives no maps for grad-cam. Take another method.', {
    param: 'method',
  });
}

function valuesOf(
  { grid }: PictureExplanationRequest,
  plan: Plan,
  outputs: readonly ImageExplanationOutput[],
): Float64Array {
  const { perturbing, masks } = plan;
  if (perturbing) return explainedValues(perturbing, scoresOf(plan, outputs.slice(0, masks.length)));
  const { classMap } = seenOf(outputs);
  if (!classMap) throw new Error('The first run gives the map that it was asked for.');
  return gradCamValues(classMap, grid);
}

/** Costs a unit like any other, before there is anything to mask. */
function notYetSeen(mask: Uint8Array): ImageExplanationInput {
  return { kind: 'masked', pixels: nothing, grid: 0, mask, classIndex: 0 };
}

function masked(
  { grid }: PictureExplanationRequest,
  plan: Plan,
  masks: readonly Uint8Array[],
  outputs: readonly ImageExplanationOutput[],
): ImageExplanationInput[] {
  const { pixels } = seenOf(outputs);
  const classIndex = classOf(plan, outputs);
  return masks.map((mask) => ({ kind: 'masked', pixels, grid, mask, classIndex }));
}

function seenOf(outputs: readonly ImageExplanationOutput[]): SeenImage {
  const seen = outputs[0];
  if (!seen || !('pixels' in seen)) throw new Error('The first run says what was seen.');
  return seen;
}

function classOf({ classIndex }: Plan, outputs: readonly ImageExplanationOutput[]): number {
  const { shares } = seenOf(outputs);
  return classIndex ?? shares.indexOf(Math.max(...shares));
}

/** Of the class that is explained, in every run. */
function scoresOf(plan: Plan, outputs: readonly ImageExplanationOutput[]): number[] {
  const classIndex = classOf(plan, outputs);
  return outputs.map((output) => ('score' in output ? output.score : (output.shares[classIndex] ?? 0)));
}

function toReply(
  request: PictureExplanationRequest,
  plan: Plan,
  classes: readonly ImageClass[],
  answer: Answer<ImageExplanationOutput>,
): PictureExplanationReply {
  const { grid, method, seed } = request;
  const seenGrid = { ...seenOf(answer.outputs), grid };
  const explained = valuesOf(request, plan, answer.outputs);
  const { values, whole, empty, faithfulness } = judgedValues(
    plan,
    explained,
    scoresOf(plan, answer.outputs),
  );
  const { label = '', wordnetId = null } = classes[classOf(plan, answer.outputs)] ?? {};
  const map = heatMap(seenGrid, values, { sideMax: explanationLimits.heatMapSideMax });
  return {
    id: answer.id,
    object: 'explanation',
    model: answer.model,
    method,
    label,
    wordnet_id: wordnetId,
    score: whole,
    base_score: empty,
    picture: seenGrid.picture,
    grid,
    data: pictureCells(seenGrid).map((cell, index) => ({ index, ...cell, value: values[index] ?? 0 })),
    heat_map: {
      base64: Buffer.from(map.png).toString('base64'),
      width: map.width,
      height: map.height,
      full_value: map.fullValue,
    },
    faithfulness: { deletion_area: faithfulness.deletion, insertion_area: faithfulness.insertion },
    runs: answer.outputs.length,
    seed,
    usage: {
      images: answer.inputUnits,
      units: answer.inputUnits,
      price_micro_usd: answer.priceMicroUsd,
    },
  };
}
