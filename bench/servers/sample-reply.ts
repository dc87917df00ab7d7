/** As large as the gateway's own answer. */
export function sampleReply(id: string, input: string): object {
  return {
    id,
    object: 'sentiment',
    model: 'sentiment-1',
    data: [
      {
        index: 0,
        label: 'positive',
        score: 0.93,
        interval: [0.9, 0.95],
        scores: { negative: 0.02, neutral: 0.05, positive: 0.93 },
      },
    ],
    usage: { input_tokens: input.length, units: 1, price_micro_usd: 1 },
  };
}
