import { parseArgs } from 'node:util';
import { buildBinding } from './build-binding.ts';
import { downloadNative } from './download-native.ts';
import { installText } from './install-text.ts';
import { loadInChild } from './load-in-child.ts';
import { runEngineScript } from './run-engine-script.ts';

const USAGE = `npm run engine:install [-- --gpu] [-- --tensorflow DIR] [-- --text DEVICE]

Without a folder: what the package itself downloads (TensorFlow 2.9, CUDA 11.2), where that can be reached;
TFJS_NODE_BASE_URI and TFJS_NODE_CDN_STORAGE name a mirror.
--tensorflow DIR   builds the binding against a TensorFlow of your own: the folder "tensorflow" that a Python wheel holds or
                   pip has installed (python3 -c "import tensorflow, os; print(os.path.dirname(tensorflow.__file__))")
--gpu              for @tensorflow/tfjs-node-gpu; DIR is then a TensorFlow with CUDA
--text DEVICE      instead: llama.cpp for the model that writes, on cpu, cuda, vulkan or metal`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      tensorflow: { type: 'string' },
      gpu: { type: 'boolean' },
      text: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  if (values.text !== undefined) {
    console.log(`installed: ${await installText(values.text)}`);
    return;
  }
  const name = values.gpu ? 'tfjs-node-gpu' : 'tfjs-node';
  if (values.tensorflow) await buildBinding(name, values.tensorflow, console.log);
  else await downloadNative(name);
  console.log(`installed: ${await loadInChild(values.gpu ? 'gpu' : 'native')}`);
}

await runEngineScript(main);
