const bundled = !import.meta.url.endsWith('.ts');

/** Beside the sources while they run as they are, beside the bundle once they are bundled. */
export function computeThreadEntry(): URL {
  return bundled
    ? new URL('./compute-thread.js', import.meta.url)
    : new URL('../../model-runtime/onnx/compute-thread.ts', import.meta.url);
}

/** The same, of the process that writes texts. */
export function textProcessEntry(): URL {
  return bundled
    ? new URL('./text-process.js', import.meta.url)
    : new URL('../../model-runtime/llama-cpp/text-process.ts', import.meta.url);
}
