/**
 * What the gateway knows of a model: its limits, and a batch in, a batch out. Whether ONNX Runtime, another
 * process or an engine on another machine answers is the implementation's business.
 */
export interface ModelRuntime<Input, Output> {
  readonly model: ModelIdentity;
  readonly limits: ModelLimits;
  /**
   * Runs one batch. The reply has one entry for each input, in order; an input that the model can't take is an
   * entry of its own (`InputRefusal`), so one bad text never fails its neighbours.
   * Rejects only if the whole batch failed on our side (`ModelRuntimeError`).
   */
  run(inputs: readonly Input[], signal?: AbortSignal): Promise<readonly (Output | InputRefusal)[]>;
  /**
   * The most that an input can cost, in units, known without running it: what is held for it before the model runs.
   * Left out: the gateway takes the bound for texts (token-bound.ts).
   */
  costBound?(input: Input): number;
  /** Resolves when the model has answered a first batch and can be sent traffic. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

export interface ModelIdentity {
  /** Public name, as sold: `sentiment-1`. */
  readonly id: string;
  /** Name and digest of the artefact that answers: `sentiment-1@3f2a9c04`. It stands on every usage row. */
  readonly version: string;
  readonly tasks: readonly ModelTask[];
}

export const modelTasks = ['sentiment', 'image-classification', 'text-generation', 'embedding'] as const;
export type ModelTask = (typeof modelTasks)[number];

export interface ModelLimits {
  /** Longest input the model reads, in tokens that are billed (special tokens left out). */
  readonly contextTokens: number;
  readonly batchItemsMax: number;
  readonly batchTokensMax: number;
  /** Batches that run at the same time (one per compute thread). */
  readonly parallelBatches: number;
}

/** An input that this model refuses; the request answers with 422 and nothing is billed. */
export type InputRefusal = TextTooLong | ImageRefused;

export interface TextTooLong {
  readonly refused: 'input_too_long';
  readonly tokens: number;
  readonly contextTokens: number;
}

export interface ImageRefused {
  readonly refused: 'image_unreadable';
  /** Of a closed set, so that the sentence to the caller is written in one place. */
  readonly reason: ImageRefusalReason;
}

/**
 * `not_an_image`: no picture's first bytes. `unsupported_type`: a picture of another type (SVG, TIFF, …). `damaged`: cut
 * short, or its decoder gave up. `too_many_pixels`: its header says more than is decoded. `too_slow`: decoding was ended,
 * or it is known before that it would be.
 */
export type ImageRefusalReason =
  | 'not_an_image'
  | 'unsupported_type'
  | 'damaged'
  | 'too_many_pixels'
  | 'too_slow';

export function isRefusal(output: object): output is InputRefusal {
  return 'refused' in output;
}

export interface TextInput {
  readonly text: string;
  /** Cut at the context instead of refusing. */
  readonly truncate: boolean;
}

export interface TextClassification {
  /** Calibrated probabilities, by label, in the model's label order. They add up to 1. */
  readonly scores: Readonly<Record<string, number>>;
  readonly label: string;
  /** Probability of `label`. */
  readonly score: number;
  /** 90 % interval of the accuracy observed, on rows kept out of training, among answers this confident. */
  readonly interval: readonly [low: number, high: number];
  /** Tokens that were read, special tokens left out: what is billed. */
  readonly inputTokens: number;
  readonly truncated: boolean;
}

export interface ImageInput {
  /** An encoded picture as it was sent: JPEG, PNG, WebP, AVIF or GIF, which its own first bytes say. */
  readonly bytes: Uint8Array;
  /** How many classes the answer names. */
  readonly topK: number;
}

export interface ImageClassification {
  /** The `topK` most probable classes, the most probable first. Their shares are calibrated where `interval` is given. */
  readonly scores: readonly ImageScore[];
  /**
   * 90 % interval of the accuracy observed, on pictures kept out of training, among answers this confident; null where
   * no labelled pictures were there to measure it on.
   */
  readonly interval: readonly [low: number, high: number] | null;
}

export interface ImageClass {
  /** In words, as a person would say it: `hot dog`. */
  readonly label: string;
  /** Its synset in WordNet 3.0, `n07697537`; null where the classes are a customer's own. */
  readonly wordnetId: string | null;
}

export interface ImageScore extends ImageClass {
  readonly score: number;
}

/** Asks what the model sees of a picture. So it is decoded once, however often it is then scored with parts taken out. */
export interface SeeImageInput {
  readonly kind: 'see';
  readonly bytes: Uint8Array;
  /** Of which class the map is wanted as well; null: of the most probable one. Only of models with maps. */
  readonly mapOf?: number | null;
}

export interface SeenImage {
  /** Red, green and blue of each pixel of a square, row by row. */
  readonly pixels: Uint8Array;
  readonly side: number;
  /** Of the upright picture, in its pixels, and where in it the square lies. */
  readonly picture: PictureSize;
  readonly square: PictureSquare;
  /** Probability of every class, in the order of `classes`. */
  readonly shares: readonly number[];
  /** Where it was asked for. */
  readonly classMap?: ClassMap;
}

/** What each place of the square does for a class's logit, row by row: they add up to it, but for the class's bias. */
export interface ClassMap {
  readonly values: Float32Array;
  /** Places on a side. */
  readonly side: number;
}

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

export interface PictureSquare {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

/** What was seen, with those cells of a grid in the square's mean colour whose bit of the mask is 0. */
export interface MaskedImageInput {
  readonly kind: 'masked';
  readonly pixels: Uint8Array;
  /** Cells on a side. */
  readonly grid: number;
  /** Row by row. */
  readonly mask: Uint8Array;
  readonly classIndex: number;
}

export interface MaskedImageScore {
  /** Probability of the class. */
  readonly score: number;
}

export type ImageExplanationInput = SeeImageInput | MaskedImageInput;
export type ImageExplanationOutput = SeenImage | MaskedImageScore;

/** Asks for a picture's vector instead of its classes. */
export interface ImageEmbeddingInput {
  readonly bytes: Uint8Array;
  readonly kind: 'embed';
}

export interface Embedding {
  /** In 32 bits, of length 1 (L2): the dot product of two is their cosine. */
  readonly vector: Float32Array;
}

export type ImageQuestion = ImageInput | ImageEmbeddingInput | ImageExplanationInput;
export type ImageAnswer = ImageClassification | Embedding | ImageExplanationOutput;

export type ImageClassifier = ModelRuntime<ImageInput, ImageClassification>;
export type ImageEmbedder = ModelRuntime<ImageEmbeddingInput, Embedding>;

/** All from the same processes, and so in the same batches: what an input asks for decides what its output is. */
export interface ImageModel extends ModelRuntime<ImageQuestion, ImageAnswer> {
  /** All that it tells apart, in the order of its scores. */
  readonly classes: readonly ImageClass[];
  /** How long its vectors are; null: it gives none. */
  readonly dimensions: number | null;
  /** Whether it tells what the places of a picture do for a class. */
  readonly hasMaps: boolean;
}

export function isImageClassification(output: object): output is ImageClassification {
  return 'scores' in output;
}

export function isExplanationOutput(output: object): output is ImageExplanationOutput {
  return 'pixels' in output || 'score' in output;
}

export function isEmbedding(output: object): output is Embedding {
  return 'vector' in output;
}

export type TextClassifier = ModelRuntime<TextInput, TextClassification>;

export interface TextEmbedding extends Embedding {
  /** Tokens that were read, special tokens left out: what is billed. */
  readonly inputTokens: number;
  readonly truncated: boolean;
}

export interface TextEmbedder extends ModelRuntime<TextInput, TextEmbedding> {
  /** How long its vectors are. */
  readonly dimensions: number;
  costBound(input: TextInput): number;
}

/** The model failed, not the input: the request answers 503 and nothing is billed. */
export class ModelRuntimeError extends Error {
  override readonly name = 'ModelRuntimeError';
}
