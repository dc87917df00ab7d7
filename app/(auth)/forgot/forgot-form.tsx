'use client';
import { useMutation } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { emailSchema } from '#server/domain/accounts/schema.ts';
import { Field } from '../../_components/field.tsx';
import { Form } from '../../_components/form.tsx';
import { RefusalNote } from '../../_components/refusal-note.tsx';
import { SubmitButton } from '../../_components/submit-button.tsx';
import { useRpc } from '../../_trpc/client.ts';
import { problemOf } from '../check-field.ts';
import { MailSent } from '../mail-sent.tsx';

export function ForgotForm({ hasLocalOutbox }: { hasLocalOutbox: boolean }) {
  const rpc = useRpc();
  const request = useMutation(rpc.account.requestPasswordReset.mutationOptions());
  const [email, setEmail] = useState('');
  const [submitted, setSubmitted] = useState(false);

  if (request.isSuccess) {
    return (
      <MailSent
        email={email.trim()}
        what="If the address has an account, the mail has a link that works once, for one hour."
        hasLocalOutbox={hasLocalOutbox}
        onBack={() => request.reset()}
      />
    );
  }

  function submit() {
    setSubmitted(true);
    if (!problemOf(emailSchema, email)) request.mutate({ email });
  }

  return (
    <>
      <h1>Reset the password</h1>
      <p className="text-ink-2 mt-1">We mail a link to set a new one. Your API keys go on working.</p>
      <Form onSubmit={submit} className="form-big">
        <Field
          label="Email"
          type="email"
          inputMode="email"
          autoComplete="username"
          required
          value={email}
          error={submitted ? problemOf(emailSchema, email) : undefined}
          onChange={(event) => setEmail(event.target.value)}
        />
        {request.error && <RefusalNote error={request.error} />}
        <SubmitButton disabled={request.isPending}>
          {request.isPending ? 'Sending…' : 'Send the link'}
        </SubmitButton>
      </Form>
      <p className="alt">
        <Link href="/sign-in">Back to sign-in</Link>
      </p>
    </>
  );
}
