/**
 * A request leaves little behind, but there are thousands a second: with V8's own few megabytes of young space they
 * are collected hundreds of times a second, and what is under way is copied each time. The script start:inference in package.json
 * has the same.
 */
export const inferenceNodeFlags = ['--min-semi-space-size=32', '--max-semi-space-size=64'] as const;
