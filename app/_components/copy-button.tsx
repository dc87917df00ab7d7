'use client';
import { Check, Copy } from 'lucide-react';
import { useCopy } from './use-copy.ts';

interface CopyButtonProps {
  readonly text: string;
  readonly label?: string;
  /** Without the word beside the icon. */
  readonly bare?: boolean;
  readonly className?: string;
  readonly onCopied?: () => void;
}

export function CopyButton({
  text,
  label = 'Copy',
  bare = false,
  className = 'btn',
  onCopied,
}: CopyButtonProps) {
  const { copied, failed, copy } = useCopy();
  const said = copied ? 'Copied' : failed ? 'Select and copy it by hand' : label;
  return (
    <button
      type="button"
      className={bare ? `${className} square` : className}
      aria-label={bare ? said : undefined}
      onClick={async () => {
        if (await copy(text)) onCopied?.();
      }}
    >
      {copied ? (
        <Check size={16} strokeWidth={1.5} aria-hidden />
      ) : (
        <Copy size={16} strokeWidth={1.5} aria-hidden />
      )}
      {!bare && <span aria-live="polite">{said}</span>}
    </button>
  );
}
