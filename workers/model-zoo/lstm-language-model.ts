import type { Ops, Weights } from './ops.ts';

export interface LstmLanguageConfig {
  readonly vocabularySize: number;
  readonly embeddingSize: number;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly dropout: number;
}

/**
 * Layers of LSTM, then back to the width of the embeddings, whose table says what follows (Merity, Keskar and Socher, 2018).
 * tokenIds [batch, length] -> logits [batch, length, vocabulary]. Weight names as PyTorch's `nn.LSTM` has them.
 */
export function lstmLanguageModel<T>(
  ops: Ops<T>,
  config: LstmLanguageConfig,
  weights: Weights<T>,
  tokenIds: T,
): T {
  const { vocabularySize, embeddingSize, hiddenSize, layers, dropout } = config;
  const table = weights('embedding.weight', [vocabularySize, embeddingSize]);
  let x = ops.dropout(ops.embedding(table, tokenIds), dropout);
  for (let layer = 0; layer < layers; layer++) {
    const states = ops.lstm(
      x,
      weights(`lstm.weight_ih_l${layer}`, [4 * hiddenSize, layer === 0 ? embeddingSize : hiddenSize]),
      weights(`lstm.weight_hh_l${layer}`, [4 * hiddenSize, hiddenSize]),
      weights(`lstm.bias_ih_l${layer}`, [4 * hiddenSize]),
    );
    x = ops.dropout(states, dropout);
  }
  const narrow = ops.linear(
    x,
    weights('projection.weight', [embeddingSize, hiddenSize]),
    weights('projection.bias', [embeddingSize]),
  );
  return ops.unembedding(narrow, table);
}
