import { readFileSync, writeFileSync } from 'node:fs';

/** Of ONNX's TensorProto: `raw_data`, field 9, with its length before it. */
const RAW_DATA = (9 << 3) | 2;

/** Makes the first numbers of a small tensor NaN. Its name stands right before its bytes. */
export function damageWeights(graph: string, name: string): void {
  const bytes = readFileSync(graph);
  const place = bytes.lastIndexOf(name) + name.length;
  if (bytes[place] !== RAW_DATA) throw new Error(`${graph} has no tensor ${name}.`);
  // All bits set: NaN in 32 bits, and two of them in 16.
  const lengthBytes = (bytes[place + 1] ?? 0) < 0x80 ? 1 : 2;
  bytes.fill(0xff, place + 1 + lengthBytes, place + 5 + lengthBytes);
  writeFileSync(graph, bytes);
}
