import localFont from 'next/font/local';

/** Latin subset; the system's fonts carry other scripts. Only the sans is needed for the first paint. */
export const sans = localFont({
  src: '../node_modules/@fontsource-variable/instrument-sans/files/instrument-sans-latin-wght-normal.woff2',
  weight: '400 700',
  variable: '--font-instrument-sans',
  display: 'swap',
  preload: true,
});

export const mono = localFont({
  src: [
    {
      path: '../node_modules/@fontsource/commit-mono/files/commit-mono-latin-400-normal.woff2',
      weight: '400',
    },
    {
      path: '../node_modules/@fontsource/commit-mono/files/commit-mono-latin-600-normal.woff2',
      weight: '600',
    },
  ],
  variable: '--font-commit-mono',
  display: 'swap',
  preload: false,
  adjustFontFallback: false,
});
