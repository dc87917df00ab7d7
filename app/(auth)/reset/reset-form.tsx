'use client';
import { useMutation } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { Form } from '../../_components/form.tsx';
import { PasswordField } from '../../_components/password-field.tsx';
import { RefusalNote } from '../../_components/refusal-note.tsx';
import { SubmitButton } from '../../_components/submit-button.tsx';
import { useRpc } from '../../_trpc/client.ts';
import { PasswordRule, usePasswordStrength } from '../password-rule.tsx';
import { useLinkToken } from '../use-link-token.ts';

export function ResetForm() {
  const rpc = useRpc();
  const router = useRouter();
  const token = useLinkToken();
  const reset = useMutation(
    rpc.account.resetPassword.mutationOptions({ onSuccess: () => router.replace('/sign-in?reset') }),
  );
  const [password, setPassword] = useState('');
  const [submitted, setSubmitted] = useState(false);
  const strength = usePasswordStrength(password, []);

  if (token === null) {
    return (
      <>
        <h1>The link does not work</h1>
        <p className="text-ink-2 mt-2">
          It is incomplete: copy the whole address from the mail, or ask for a new one.
        </p>
        <p className="mt-5">
          <Link className="btn primary big" href="/forgot">
            Ask for a new link
          </Link>
        </p>
      </>
    );
  }

  function submit() {
    setSubmitted(true);
    if (token && strength?.acceptable) reset.mutate({ token, password });
  }

  return (
    <>
      <h1>Set a new password</h1>
      <p className="text-ink-2 mt-1">Every session is ended, on every device. API keys go on working.</p>
      <Form onSubmit={submit} className="form-big">
        <PasswordField
          label="New password"
          autoComplete="new-password"
          required
          value={password}
          help={strength?.advice ?? 'At least 10 characters. Several unrelated words do well.'}
          error={submitted && !strength?.acceptable ? (strength?.advice ?? 'Give a password.') : undefined}
          below={<PasswordRule strength={strength} />}
          onChange={(event) => setPassword(event.target.value)}
        />
        {reset.error && (
          <RefusalNote error={reset.error}>
            {' '}
            <Link href="/forgot">Ask for a new link</Link>
          </RefusalNote>
        )}
        <SubmitButton disabled={reset.isPending || reset.isSuccess}>
          {reset.isPending ? 'Saving…' : 'Save password'}
        </SubmitButton>
      </Form>
    </>
  );
}
