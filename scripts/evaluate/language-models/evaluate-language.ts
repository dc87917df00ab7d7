import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ggufFiles } from '#workers/model-zoo/gguf/open-gguf.ts';
import { EvaluationError } from '../evaluation-error.ts';
import { readTextFile } from '../read-text-file.ts';
import { type LanguageReport, languageReport } from '../reports/language-report.ts';
import { judgeNextTokens } from './judge-next-tokens.ts';
import { openLanguageModel } from './open-language-model.ts';

export interface LanguageEvaluation extends LanguageReport {
  readonly model: string;
  /** SHA-256 over its files. */
  readonly digest: string;
  readonly sizeBytes: number;
  readonly data: string;
  readonly tokensAWindow: number;
}

const TOKENS_A_WINDOW = 512;

/** The file to open of a GGUF model, or undefined if `model` is none: a file, the first part, or a folder with one. */
export function ggufOf(model: string): string | undefined {
  const stats = statSync(model, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) return model.endsWith('.gguf') ? model : undefined;
  const files = readdirSync(model).filter((file) => file.endsWith('.gguf'));
  const first = files.find((file) => file.includes('-00001-of-')) ?? files[0];
  return first && join(model, first);
}

/** A GGUF model on the first `tokensMax` tokens of a text. */
export async function evaluateLanguage(
  file: string,
  data: string,
  tokensMax: number,
): Promise<LanguageEvaluation> {
  const text = readTextFile(data);
  const model = await openLanguageModel(file);
  const tokensAWindow = Math.min(TOKENS_A_WINDOW, model.positions);
  const all = model.tokenize(beginning(text, tokensMax));
  const ids = all.slice(0, tokensMax);
  if (ids.length < 2) throw new EvaluationError(`${data} has fewer than two tokens.`);
  const judged = await judgeNextTokens(model.session, ids, tokensAWindow);
  await model.session.release();
  const bytes = judged.reduce((sum, { id }) => sum + model.bytesOf(id), 0);
  const parts = ggufFiles(file);
  return {
    model: basename(file),
    digest: digestOf(parts),
    sizeBytes: parts.reduce((sum, part) => sum + statSync(part).size, 0),
    data: basename(data),
    tokensAWindow,
    ...languageReport(judged, bytes),
  };
}

/** Enough for that many tokens, whichever they are: tokenising is slower than reading. */
function beginning(text: string, tokensMax: number): string {
  const CHARACTERS_A_TOKEN = 16;
  return text.slice(0, tokensMax * CHARACTERS_A_TOKEN);
}

function digestOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex');
}
