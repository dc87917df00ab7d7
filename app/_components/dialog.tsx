'use client';
import { Dialog as Primitive } from 'radix-ui';
import type { ReactNode } from 'react';
import { backToLastPlace } from './last-place.ts';

interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  /** One sentence under the title. */
  readonly description?: ReactNode;
  readonly narrow?: boolean;
  /** Called instead of closing when Escape is pressed or the scrim is clicked. */
  readonly onDismissAttempt?: () => void;
  readonly children: ReactNode;
}

/** Content and footer are the children: `<div className="content">`, `<footer>`. On phones it rises from below. */
export function Dialog(props: DialogProps) {
  const intercept = props.onDismissAttempt
    ? (event: Event) => {
        event.preventDefault();
        props.onDismissAttempt?.();
      }
    : undefined;
  return (
    <Primitive.Root open={props.open} onOpenChange={props.onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className="scrim" />
        <Primitive.Content
          className={props.narrow ? 'dialog narrow' : 'dialog'}
          {...(props.description ? {} : { 'aria-describedby': undefined })}
          onCloseAutoFocus={backToLastPlace}
          {...(intercept && { onEscapeKeyDown: intercept, onPointerDownOutside: intercept })}
        >
          <header>
            <Primitive.Title asChild>
              <h2>{props.title}</h2>
            </Primitive.Title>
            {props.description && (
              <Primitive.Description className="text-ink-2 mt-1">{props.description}</Primitive.Description>
            )}
          </header>
          {props.children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
