/**
 * The operations that the architectures are written in. TensorFlow.js runs them at once and differentiates them
 * (`ops-tensorflow.ts`); the ONNX builder writes each as graph nodes (`ops-onnx.ts`). What an operation means is
 * what PyTorch's function of that name means, since the checkpoints come from there.
 */
export interface Ops<T> {
  /** Rows of `table` [rows, width] named by integer `indices` [...shape] -> [...shape, width]. */
  embedding(table: T, indices: T): T;
  /** The first rows of `table` [rows, width], as many as `sequence` [batch, length] is long -> [length, width]. */
  leadingRows(table: T, sequence: T): T;
  /** The first row of `table` [rows, width] -> [width]. */
  firstRow(table: T): T;
  /** x [..., in] · weight [out, in]ᵀ + bias [out] -> [..., out]: a Linear layer, weight as PyTorch stores it. */
  linear(x: T, weight: T, bias?: T): T;
  /** x [..., width] · table [rows, width]ᵀ -> [..., rows], where `table` is the one that `embedding` takes its rows from. */
  unembedding(x: T, table: T): T;
  /** Rows of a weight [rows, columns] become columns. */
  transpose(weight: T): T;
  /** Numbers that the architecture itself fixes. */
  constant(label: string, shape: readonly number[], data: Float32Array): T;
  /**
   * Scaled dot-product attention. query, key, value: [batch, length, heads · size]; `mask` [batch, length] is 1 for
   * tokens and 0 for padding, which no token attends to. `dropout` falls on the attention's weights, in training.
   */
  attention(query: T, key: T, value: T, mask: T, heads: number, dropout: number): T;
  /**
   * The same, where no token attends to later ones, and with the keys and values of the tokens before (`past`). There may be
   * fewer heads for keys and values, each for as many of the query's in a row (Ainslie and others, 2023).
   */
  causalAttention(query: T, key: T, value: T, options: CausalAttentionOptions<T>): CausalAttention<T>;
  /**
   * Where each token of `tokenIds` [batch, length] stands in its text, from 0, by `mask` [batch, past + length], which is 1 for
   * the tokens of past and present. Texts of more than `positions` tokens are refused.
   */
  tokenPositions(tokenIds: T, mask: T, positions: number): T;
  /**
   * Turns each pair of channels by an angle that grows with the position (Su and others, 2021). x [batch, length, heads · size];
   * channel i of a head is paired with channel i + size / 2; cosines and sines [positions, size / 2].
   */
  rotary(x: T, positions: T, angles: { readonly cosines: T; readonly sines: T }): T;
  /** Over the last axis. */
  layerNorm(x: T, gamma: T, beta: T, epsilon: number): T;
  /** x / root of the mean of its squares · gamma, over the last axis (Zhang and Sennrich, 2019). */
  rmsNorm(x: T, gamma: T, epsilon: number): T;
  /** The exact one, with the error function. */
  gelu(x: T): T;
  /** GELU's approximation with tanh, which GPT-2 was trained with. */
  geluTanh(x: T): T;
  /** x · sigmoid(x). */
  silu(x: T): T;
  relu(x: T): T;
  tanh(x: T): T;
  /** Does nothing outside of training. */
  dropout(x: T, rate: number): T;
  /** With broadcasting. */
  add(a: T, b: T): T;
  multiply(a: T, b: T): T;
  concat(values: readonly T[], axis: number): T;
  /** Equal parts of the last axis. */
  split(x: T, parts: number): readonly T[];
  /** Over time, as long as before: x [batch, length, in], weight [out, in, width], width odd -> [batch, length, out]. */
  conv1d(x: T, weight: T, bias: T): T;
  /**
   * One direction of an LSTM: x [batch, length, in] -> its states [batch, length, hidden]. Weights as PyTorch stores them,
   * the gates input, forget, cell, output one below the other: [4 · hidden, in], [4 · hidden, hidden], [4 · hidden].
   */
  lstm(x: T, inputWeight: T, recurrentWeight: T, bias: T): T;
  /** x [batch, length, width] with zeros where `mask` [batch, length] is 0. */
  onlyTokens(x: T, mask: T): T;
  /** Greatest over the tokens of x [batch, length, width] where `mask` [batch, length] is 1 -> [batch, width]. */
  maskedMax(x: T, mask: T): T;
  /** Mean over the tokens of x [batch, length, width] where `mask` [batch, length] is 1 -> [batch, width]. */
  maskedMean(x: T, mask: T): T;
  /** Each row of x [rows, width] divided by its Euclidean length. */
  unitLength(x: T): T;
  /** The first token of x [batch, length, width] -> [batch, width]. */
  firstToken(x: T): T;
  /** Some tokens of x [batch, length, width], counted through batch after batch by `places` [count] -> [count, width]. */
  tokensAt(x: T, places: T): T;
  /**
   * Over pictures, which lie as the back end likes them best: [batch, height, width, channels] in TensorFlow.js,
   * [batch, channels, height, width] in ONNX. `weight` [out, in, height, width], [out, 1, height, width] if depthwise; no bias.
   */
  convolution(x: T, weight: T, options: ConvolutionOptions<T>): T;
  /** The greatest of each two by two: half as high and wide. */
  maxPool(x: T): T;
  /** Pictures -> their channels' means [batch, channels]. */
  globalAveragePool(x: T): T;
  /** Pictures -> the greatest of each channel [batch, channels]. */
  globalMaxPool(x: T): T;
  /** Pictures -> [batch, height · width · channels], the channels of a pixel beside each other on either back end. */
  flatten(x: T): T;
  /** Cut to 0 and 6. */
  relu6(x: T): T;
}

export interface CausalAttentionOptions<T> {
  /**
   * [batch, past + length]: 1 for tokens, 0 for padding. Padding stands on the right of `length`, and the back ends may keep the
   * keys and values of a row with padding in different places: go on from them with the back end that made them.
   */
  readonly mask: T;
  readonly past: KeyValue<T> | undefined;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly dropout: number;
}

/** Of all tokens so far: [batch, keyValueHeads, past + length, size] each. */
export interface KeyValue<T> {
  readonly key: T;
  readonly value: T;
}

export interface CausalAttention<T> {
  readonly attended: T; // [batch, length, heads · size]
  readonly keyValue: KeyValue<T>;
}

export interface ConvolutionOptions<T> {
  readonly stride: number;
  /** Zeros on each side, or TensorFlow's SAME: enough for size / stride results, an odd one below and to the right. */
  readonly padding: number | 'same';
  /** Each channel by itself. */
  readonly depthwise: boolean;
  /** `maxPool` of the result, before what follows. */
  readonly pooled?: boolean;
  /** What follows the convolution, with stored statistics; the ONNX builder folds it into the weights. */
  readonly norm?: Normalisation<T>;
}

/** BatchNorm2d outside of training: (x - mean) / sqrt(variance + epsilon) * gamma + beta, by channel. */
export interface Normalisation<T> {
  readonly gamma: T;
  readonly beta: T;
  readonly mean: T;
  readonly variance: T;
  readonly epsilon: number;
}

/** Gives a weight by its name in the checkpoint, and throws if its shape is another. */
export type Weights<T> = (name: string, shape: readonly number[]) => T;
