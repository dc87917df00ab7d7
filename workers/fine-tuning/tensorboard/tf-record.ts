import { maskedCrc32c } from './crc32c.ts';

/**
 * One record of a TFRecord file (https://www.tensorflow.org/tutorials/load_data/tfrecord): length as uint64, its
 * masked checksum, the data, its masked checksum; all little endian.
 */
export function tfRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(8 + 4 + data.byteLength + 4);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.byteLength), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.byteLength, maskedCrc32c(data), true);
  return record;
}
