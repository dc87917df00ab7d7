import { readFileSync } from 'node:fs';

/** Names in Linux' list of what a processor can do. */
const EXACT = /\b(avx512_vnni|avx_vnni)\b/;

/**
 * Whether the processor's fast 8-bit products overflow: those of Intel's and AMD's without VNNI add pairs of products in 16
 * bits. Where that can't be known, yes.
 */
export function fastKernelsOverflow(architecture: string = process.arch, flags = processorFlags()): boolean {
  return architecture === 'x64' && !EXACT.test(flags);
}

function processorFlags(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
