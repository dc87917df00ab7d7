/** What a hub may send and how long it may take. */
export const hubLimits = {
  /** Of one file: larger models come in parts. */
  fileBytesMax: 128 * 1024 ** 3,
  /** Of what it says of files. */
  answerBytesMax: 1024 * 1024,
  answerTimeoutMs: 30_000,
  /** No byte for so long: the attempt is over. */
  stalledMs: 60_000,
  /** Attempts in a row that bring nothing, and the wait after the first of them. */
  triesMax: 5,
  waitMs: 1_000,
} as const;
