import { describe, expect, it } from 'vitest';
import { packageName } from './binding.ts';

describe("the package with llama.cpp's binaries", () => {
  it.each([
    ['linux', 'x64', 'cpu', 'linux-x64'],
    ['linux', 'x64', 'cuda', 'linux-x64-cuda'],
    ['linux', 'arm64', 'cpu', 'linux-arm64'],
    ['darwin', 'arm64', 'cpu', 'mac-arm64-metal'],
    ['darwin', 'arm64', 'metal', 'mac-arm64-metal'],
    ['darwin', 'x64', 'cpu', 'mac-x64'],
    ['win32', 'x64', 'vulkan', 'win-x64-vulkan'],
  ] as const)('for %s on %s, %s, is %s', (platform, arch, device, name) => {
    expect(packageName(platform, arch, device)).toBe(name);
  });
});
