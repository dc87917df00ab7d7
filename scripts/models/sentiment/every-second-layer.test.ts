import { describe, expect, it } from 'vitest';
import { everySecondLayer } from './every-second-layer.ts';

describe('every second layer', () => {
  it('is kept and renumbered, and all that is no layer stays', () => {
    const names = ['bert.pooler.dense.weight', 'classifier.bias'];
    for (let layer = 0; layer < 12; layer++) names.push(`bert.encoder.layer.${layer}.output.dense.weight`);
    const kept = everySecondLayer(new Map(names.map((name) => [name, name])));
    expect(kept.size).toBe(2 + 6);
    expect(kept.get('classifier.bias')).toBe('classifier.bias');
    expect(kept.get('bert.encoder.layer.5.output.dense.weight')).toBe(
      'bert.encoder.layer.10.output.dense.weight',
    );
  });
});
