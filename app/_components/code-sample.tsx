'use client';
import { Tabs } from 'radix-ui';
import { useState } from 'react';
import { CopyButton } from './copy-button.tsx';
import { highlight } from './highlight.tsx';
import { ScrollingCode } from './scroller.tsx';

export interface CodeVariant {
  readonly name: string;
  readonly code: string;
}

interface CodeSampleProps {
  readonly variants: readonly CodeVariant[];
  /** Shown under the code, never copied: the answer. */
  readonly answer?: string;
  readonly label: string;
  readonly onCopied?: () => void;
}

export function CodeSample({ variants, answer, label, onCopied }: CodeSampleProps) {
  const [name, setName] = useState(variants[0]?.name ?? '');
  const shown = variants.find((variant) => variant.name === name) ?? variants[0];
  if (!shown) return null;
  return (
    <Tabs.Root className="code" value={shown.name} onValueChange={setName}>
      <header>
        <Tabs.List aria-label={`${label}: language`}>
          {variants.map((variant) => (
            <Tabs.Trigger key={variant.name} value={variant.name}>
              {variant.name}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <CopyButton text={shown.code} label="Copy" {...(onCopied ? { onCopied } : {})} />
      </header>
      {variants.map((variant) => (
        <Tabs.Content key={variant.name} value={variant.name} tabIndex={-1}>
          <ScrollingCode label={`${label}, ${variant.name}`}>
            {highlight(variant.code)}
            {answer && (
              <>
                {'\n\n'}
                {highlight(answer)}
              </>
            )}
          </ScrollingCode>
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}
