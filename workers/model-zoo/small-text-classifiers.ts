import type { BertInputs } from './bert.ts';
import type { Ops, Weights } from './ops.ts';

/** Sizes of the small classifiers of text that are trained from nothing. */
export interface SmallTextConfig {
  readonly vocabularySize: number;
  readonly embeddingSize: number;
  readonly hiddenSize: number; // states of the LSTM, or channels of each width of the CNN
  readonly labels: number;
  readonly dropout: number;
}

/** Words at a time that the CNN looks at. */
export const CNN_WIDTHS = [1, 3, 5] as const;

export type SmallTextClassifier = <T>(
  ops: Ops<T>,
  config: SmallTextConfig,
  weights: Weights<T>,
  inputs: BertInputs<T>,
) => T;

/** Convolutions of several widths, the greatest over time, a linear layer (Kim, 2014) -> logits [batch, labels]. */
export const textCnn: SmallTextClassifier = (ops, config, weights, { tokenIds, mask }) => {
  const { vocabularySize, embeddingSize, hiddenSize, labels, dropout } = config;
  const embedded = ops.embedding(weights('embedding.weight', [vocabularySize, embeddingSize]), tokenIds);
  // Padding counts as what lies beyond the text's end: a text's logits don't depend on the batch.
  const words = ops.onlyTokens(embedded, mask);
  const features = CNN_WIDTHS.map((width) => {
    const weight = weights(`convolution.${width}.weight`, [hiddenSize, embeddingSize, width]);
    const convolved = ops.conv1d(words, weight, weights(`convolution.${width}.bias`, [hiddenSize]));
    return ops.maskedMax(ops.relu(convolved), mask);
  });
  const all = ops.dropout(ops.concat(features, 1), dropout);
  const size = CNN_WIDTHS.length * hiddenSize;
  return ops.linear(all, weights('classifier.weight', [labels, size]), weights('classifier.bias', [labels]));
};

/** An LSTM (Hochreiter and Schmidhuber, 1997), the greatest of its states over time, a linear layer. */
export const lstmClassifier: SmallTextClassifier = (ops, config, weights, { tokenIds, mask }) => {
  const { vocabularySize, embeddingSize, hiddenSize, labels, dropout } = config;
  const words = ops.embedding(weights('embedding.weight', [vocabularySize, embeddingSize]), tokenIds);
  const states = ops.lstm(
    ops.dropout(words, dropout),
    weights('lstm.weight_ih_l0', [4 * hiddenSize, embeddingSize]),
    weights('lstm.weight_hh_l0', [4 * hiddenSize, hiddenSize]),
    weights('lstm.bias_ih_l0', [4 * hiddenSize]),
  );
  const pooled = ops.dropout(ops.maskedMax(states, mask), dropout);
  return ops.linear(
    pooled,
    weights('classifier.weight', [labels, hiddenSize]),
    weights('classifier.bias', [labels]),
  );
};
