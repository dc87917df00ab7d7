import { z } from 'zod';
import { batchLimits } from '../rate-limits/limits.ts';

/** A line of a file for a batch. The gateway reads it by this, and so does the console before it sends the file. */
export const batchLineSchema = z.object({
  custom_id: z
    .string('Give a custom_id, a text.')
    .min(1, 'custom_id is empty.')
    .max(
      batchLimits.customIdCharactersMax,
      `custom_id has more than ${batchLimits.customIdCharactersMax} characters.`,
    ),
  method: z.literal('POST', 'method must be POST.'),
  url: z.string('Give the url, the path that the batch names as its endpoint.'),
  body: z.looseObject({}, 'Give the body, an object.').refine(({ stream }) => stream !== true, {
    error: 'A line of a batch has nobody to stream to.',
    path: ['stream'],
  }),
});
export type BatchLine = z.output<typeof batchLineSchema>;

export const lineSentences = {
  notJson: 'The line is not JSON in UTF-8.',
  tooLong: `The line has more than ${batchLimits.lineBytesMax} bytes.`,
  sameCustomId: 'An earlier line has this custom_id. Each must be its own.',
  tooManyLines: `A batch has at most ${batchLimits.linesMax} lines.`,
  noLines: 'The file has no lines.',
} as const;
