import type { Metadata, Viewport } from 'next';
import { connection } from 'next/server';
import type { ReactNode } from 'react';
import { brand } from '#server/domain/brand/brand.ts';
import { themeScript } from './_components/theme-script.ts';
import { RpcProvider } from './_trpc/provider.tsx';
import { mono, sans } from './fonts.ts';
import './globals.css';

export const metadata: Metadata = {
  title: { default: `${brand.claim} ${brand.name}`, template: `%s · ${brand.name}` },
  description:
    'Sentiment, images and text over one HTTP API. Each answer says what it cost and what was kept.',
  applicationName: brand.name,
};

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#fbfcfc' },
    { media: '(prefers-color-scheme: dark)', color: '#101618' },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  // Every page is rendered for its request: the policy's nonce has to be in its scripts.
  await connection();
  return (
    <html lang="en" className={`${sans.variable} ${mono.variable}`} suppressHydrationWarning>
      <head>
        <script dangerouslySetInnerHTML={{ __html: themeScript }} suppressHydrationWarning />
      </head>
      <body>
        <RpcProvider>{children}</RpcProvider>
      </body>
    </html>
  );
}
