import {
  gpt2InitialValue,
  type InitialValue,
  lstmInitialValue,
} from '#workers/fine-tuning/language/initial-weights.ts';
import {
  gpt2Forward,
  type LanguageForward,
  lstmForward,
} from '#workers/fine-tuning/language/language-network.ts';
import { parseGpt2Config } from '#workers/model-zoo/gpt2-config.ts';
import { CORPUS } from './language-corpus.ts';

export interface LanguageNetwork {
  readonly forward: LanguageForward;
  readonly initialValue: InitialValue;
  /** `config.json` of its folder. */
  readonly configJson: Readonly<Record<string, unknown>>;
  /** The peak of the cycle. */
  readonly learningRate: number;
}

const { vocabularySize, contextTokens } = CORPUS;
const END_OF_TEXT_ID = 0;

/** As `transformers`' GPT2LMHeadModel reads it. One pass over part of the text can't be learnt by heart: no dropout. */
const GPT2 = {
  architectures: ['GPT2LMHeadModel'],
  model_type: 'gpt2',
  activation_function: 'gelu_new',
  vocab_size: vocabularySize,
  n_positions: contextTokens,
  n_embd: 192,
  n_layer: 4,
  n_head: 6,
  layer_norm_epsilon: 1e-5,
  tie_word_embeddings: true,
  embd_pdrop: 0,
  attn_pdrop: 0,
  resid_pdrop: 0,
  bos_token_id: END_OF_TEXT_ID,
  eos_token_id: END_OF_TEXT_ID,
} as const;
/** About as many weights as the other. */
const LSTM = { vocabularySize, embeddingSize: 256, hiddenSize: 448, layers: 1, dropout: 0 } as const;

export const LANGUAGE_NETWORKS = {
  gpt: {
    forward: gpt2Forward(parseGpt2Config(GPT2)),
    initialValue: gpt2InitialValue(GPT2.n_layer),
    configJson: GPT2,
    learningRate: 3e-3,
  },
  lstm: {
    forward: lstmForward(LSTM),
    initialValue: lstmInitialValue(LSTM.hiddenSize),
    configJson: { model_type: 'lstm', ...LSTM },
    learningRate: 5e-3,
  },
} as const satisfies Record<string, LanguageNetwork>;

export type LanguageNetworkName = keyof typeof LANGUAGE_NETWORKS;
