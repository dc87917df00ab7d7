import type { NextConfig } from 'next';

/** The Content-Security-Policy is set in proxy.ts: it holds a nonce for each answer. */
const securityHeaders = [
  { key: 'x-content-type-options', value: 'nosniff' },
  { key: 'referrer-policy', value: 'strict-origin-when-cross-origin' },
  { key: 'x-frame-options', value: 'DENY' },
  { key: 'cross-origin-opener-policy', value: 'same-origin' },
  { key: 'permissions-policy', value: 'camera=(), microphone=(), geolocation=(), payment=()' },
];

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  agentRules: false,
  devIndicators: false,
  // Next rewrites the configuration it is given, so it has one of its own.
  typescript: { tsconfigPath: 'tsconfig.next.json' },
  experimental: { optimizePackageImports: ['radix-ui'] },
  headers: async () => [{ source: '/:path*', headers: securityHeaders }],
};

export default config;
