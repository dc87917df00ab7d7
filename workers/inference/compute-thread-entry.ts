/** Beside the sources while they run as they are, beside the bundle once they are bundled. */
export function computeThreadEntry(): URL {
  const bundled = !import.meta.url.endsWith('.ts');
  return bundled
    ? new URL('./compute-thread.js', import.meta.url)
    : new URL('../model-runtime/onnx/compute-thread.ts', import.meta.url);
}
