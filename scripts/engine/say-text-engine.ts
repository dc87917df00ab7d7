import { type LlamaDevice, loadLlamaBinding } from '#workers/model-runtime/llama-cpp/binding.ts';

/** In a process of its own, since a library that does not fit may end it. */
const device = process.argv[2] as LlamaDevice;
const binding = await loadLlamaBinding(device);
console.log(`llama.cpp, computing on ${binding.getGpuType() || 'the processor'}`);
