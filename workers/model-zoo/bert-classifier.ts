import { type BertInputs, bertEncoder, bertPooler } from './bert.ts';
import type { BertConfig } from './bert-config.ts';
import type { Ops, Weights } from './ops.ts';

/**
 * `BertForSequenceClassification` of `transformers`, with its weight names: the encoder, its pooler over the first
 * token, dropout, a linear layer -> logits [batch, labels].
 */
export function bertClassifier<T>(
  ops: Ops<T>,
  config: BertConfig,
  weights: Weights<T>,
  inputs: BertInputs<T>,
  { labels }: { readonly labels: number },
): T {
  const { hiddenSize } = config;
  const base: Weights<T> = (name, shape) => weights(`bert.${name}`, shape);
  const states = bertEncoder(ops, config, base, inputs);
  const pooled = bertPooler(ops, config, base, states[config.layers] as T); // [batch, hidden]
  return ops.linear(
    ops.dropout(pooled, config.hiddenDropout),
    weights('classifier.weight', [labels, hiddenSize]),
    weights('classifier.bias', [labels]),
  );
}
