import { DomainError } from '#server/domain/errors.ts';
import type { ImageRefusalReason, InputRefusal } from '#workers/model-runtime/model-runtime.ts';

const unreadable = {
  not_an_image: 'This is no picture. Send a JPEG, PNG, WebP, AVIF or GIF.',
  unsupported_type: 'Pictures of this type are not read. Send a JPEG, PNG, WebP, AVIF or GIF.',
  damaged: 'The picture is cut short or damaged. Send the whole file.',
  too_many_pixels: 'The picture has too many pixels. Make it smaller: the model reads 224 by 224.',
  too_slow: 'The picture took too long to decode. Save it again as a JPEG or PNG.',
} as const satisfies Record<ImageRefusalReason, string>;

const haveItCut = 'Send truncate: true to cut it.';

/** What a model refuses, said to whoever sent it. `param` names the input, where it is not the whole body. */
export function inputRefusedError(
  refusal: InputRefusal,
  param: string | undefined,
  tooLongCure = haveItCut,
): DomainError {
  if (refusal.refused === 'image_unreadable') {
    return new DomainError('image_unreadable', unreadable[refusal.reason], { param });
  }
  const { tokens, contextTokens } = refusal;
  const sentence = `The text has ${tokens} tokens; the model reads ${contextTokens}. ${tooLongCure}`;
  return new DomainError('input_too_long', sentence, { param });
}
