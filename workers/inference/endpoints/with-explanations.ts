import { DomainError } from '#server/domain/errors.ts';
import { explanationLimits } from '#server/domain/rate-limits/limits.ts';
import type { OutboundFetch } from '#server/platform/outbound-fetch/outbound-fetch.ts';
import {
  type ImageClassification,
  type ImageExplanationInput,
  type ImageExplanationOutput,
  type ImageInput,
  isExplanationOutput,
  isImageClassification,
  type TextClassification,
  type TextInput,
} from '#workers/model-runtime/model-runtime.ts';
import type { MeteredEndpoint } from '../endpoint.ts';
import { explainPictures, type ServedForExplaining } from '../explanations/explain-pictures.ts';
import { type ExplainedText, explainTexts } from '../explanations/explain-texts.ts';
import { pictureExplanationPart, textExplanationPart } from '../explanations/explanation-reply.ts';
import type { PictureExplanationRequest } from '../explanations/explanation-request.ts';
import { withExplanations } from '../explanations/with-explanations.ts';
import type { ImageRequest } from '../images/image-request.ts';
import { servedAs } from '../models/served-as.ts';
import type { ServedModel } from '../models/served-model.ts';
import { imagesClassifyEndpoint } from './images-classify.ts';
import { type SentimentRequest, sentimentEndpoint } from './sentiment.ts';

type TextModel = ServedModel<TextInput, TextClassification>;
type ExplainingSentiment = MeteredEndpoint<SentimentRequest, TextInput, TextClassification>;

const { textsMax, picturesMax, textCharactersMax, samplesDefault, gridDefault } = explanationLimits;
/** What each answer is explained by; /v1/explanations takes others. */
const explaining = { method: 'occlusion', samples: samplesDefault, seed: 0 } as const;

/** /v1/sentiment, which takes `explain`. */
export function explainingSentimentEndpoint(model: TextModel): ExplainingSentiment {
  const endpoint = sentimentEndpoint(model);
  return withExplanations<
    SentimentRequest,
    TextInput,
    TextClassification,
    ExplainedText,
    TextInput,
    TextClassification
  >(endpoint, {
    kind: explainTexts(model),
    isAsked: ({ explain }) => explain === true,
    asksOf: textsToExplain,
    modelOf: (request) => endpoint.modelOf(request),
    inputUnitsOf: (output) => output.inputTokens,
    shown: (explanation) => textExplanationPart.parse(explanation),
  });
}

function textsToExplain({ input, truncate }: SentimentRequest): ExplainedText[] {
  const texts = typeof input === 'string' ? [input] : input;
  if (texts.length > textsMax) throw tooMany(`At most ${textsMax} texts are explained in a request.`);
  return texts.map((text, index) => {
    if (text.length > textCharactersMax) {
      throw new DomainError(
        'input_too_long',
        `A text to explain has at most ${textCharactersMax} characters.`,
        { param: typeof input === 'string' ? 'input' : `input[${index}]` },
      );
    }
    return { input: text, truncate: truncate === true, ...explaining };
  });
}

export interface ExplainingImagesDependencies {
  readonly model: ServedModel<ImageInput | ImageExplanationInput, object>;
  readonly classes: ServedForExplaining['classes'];
  readonly hasMaps: boolean;
  readonly fetchOutside: OutboundFetch;
}

/** /v1/images/classify, which takes `explain`. */
export function explainingImagesEndpoint({
  model,
  classes,
  hasMaps,
  fetchOutside,
}: ExplainingImagesDependencies): MeteredEndpoint<
  ImageRequest,
  ImageInput | ImageExplanationInput,
  ImageClassification | ImageExplanationOutput
> {
  const both = servedAs(model, isEither);
  const endpoint = imagesClassifyEndpoint(servedAs(model, isImageClassification), { fetchOutside });
  return withExplanations<
    ImageRequest,
    ImageInput,
    ImageClassification,
    PictureExplanationRequest,
    ImageExplanationInput,
    ImageExplanationOutput
  >(endpoint, {
    kind: explainPictures({ ...servedAs(model, isExplanationOutput), classes, hasMaps }),
    isAsked: ({ explain }) => explain === true,
    asksOf: picturesToExplain,
    modelOf(request) {
      endpoint.modelOf(request);
      return both;
    },
    inputUnitsOf: () => 1,
    shown: (explanation) => pictureExplanationPart.parse(explanation),
  });
}

function picturesToExplain({ pictures }: ImageRequest): PictureExplanationRequest[] {
  if (pictures.length > picturesMax) {
    throw tooMany(`At most ${picturesMax} pictures are explained in a request.`);
  }
  return pictures.map((picture) => ({ pictures: [picture], grid: gridDefault, ...explaining }));
}

function isEither(output: object): output is ImageClassification | ImageExplanationOutput {
  return isImageClassification(output) || isExplanationOutput(output);
}

function tooMany(sentence: string): DomainError {
  return new DomainError('invalid_request', sentence, { param: 'explain' });
}
