'use client';
import { useMutation } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { emailSchema } from '#server/domain/accounts/schema.ts';
import { Field } from '../../_components/field.tsx';
import { Form } from '../../_components/form.tsx';
import { PasswordField } from '../../_components/password-field.tsx';
import { RefusalNote } from '../../_components/refusal-note.tsx';
import { SubmitButton } from '../../_components/submit-button.tsx';
import { useRpc } from '../../_trpc/client.ts';
import { refusalOf } from '../../_trpc/rpc-error.ts';
import { problemOf } from '../check-field.ts';
import { MailSent } from '../mail-sent.tsx';
import { PasswordRule, usePasswordStrength } from '../password-rule.tsx';

export function SignUpForm({ hasLocalOutbox }: { hasLocalOutbox: boolean }) {
  const rpc = useRpc();
  const signUp = useMutation(rpc.account.signUp.mutationOptions());
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [left, setLeft] = useState({ email: false, password: false });
  const strength = usePasswordStrength(password, [email, name]);

  if (signUp.isSuccess) {
    return (
      <MailSent
        email={email.trim()}
        what="Open the link in it to confirm the address. The link works once, for 24 hours."
        hasLocalOutbox={hasLocalOutbox}
        onBack={() => signUp.reset()}
      />
    );
  }

  const refusal = signUp.error ? refusalOf(signUp.error) : null;
  const emailProblem = left.email ? problemOf(emailSchema, email) : undefined;
  const passwordProblem =
    left.password && !strength?.acceptable ? (strength?.advice ?? 'Give a password.') : undefined;

  function submit() {
    setLeft({ email: true, password: true });
    if (problemOf(emailSchema, email) || !strength?.acceptable) return;
    signUp.mutate({ email, password, ...(name.trim() && { name: name.trim() }) });
  }

  return (
    <>
      <h1>Get a key</h1>
      <p className="text-ink-2 mt-1">An account and a workspace. No card.</p>
      <Form onSubmit={submit} className="form-big">
        <Field
          label="Name"
          help="Optional. Your workspace is named after you."
          autoComplete="name"
          value={name}
          maxLength={60}
          onChange={(event) => setName(event.target.value)}
        />
        <Field
          label="Email"
          type="email"
          inputMode="email"
          autoComplete="email"
          required
          value={email}
          error={emailProblem ?? (refusal?.param === 'email' ? refusal.message : undefined)}
          onBlur={() => setLeft((fields) => ({ ...fields, email: email !== '' }))}
          onChange={(event) => setEmail(event.target.value)}
        />
        <PasswordField
          autoComplete="new-password"
          required
          value={password}
          help={strength?.advice ?? 'At least 10 characters. Several unrelated words do well.'}
          error={passwordProblem}
          below={<PasswordRule strength={strength} />}
          onBlur={() => setLeft((fields) => ({ ...fields, password: password !== '' }))}
          onChange={(event) => setPassword(event.target.value)}
        />
        {refusal && refusal.param !== 'email' && <RefusalNote error={signUp.error} />}
        <SubmitButton disabled={signUp.isPending}>
          {signUp.isPending ? 'Creating…' : 'Create account'}
        </SubmitButton>
      </Form>
      <p className="alt">
        Have an account? <Link href="/sign-in">Sign in</Link>
      </p>
    </>
  );
}
