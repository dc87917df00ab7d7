'use client';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { signIn } from 'next-auth/react';
import { useState } from 'react';
import { emailSchema } from '#server/domain/accounts/schema.ts';
import { Field } from '../../_components/field.tsx';
import { Form } from '../../_components/form.tsx';
import { Note } from '../../_components/note.tsx';
import { PasswordField } from '../../_components/password-field.tsx';
import { SubmitButton } from '../../_components/submit-button.tsx';
import { problemOf } from '../check-field.ts';
import { signInRefusal } from '../sign-in-refusal.ts';

interface SignInFormProps {
  readonly destination: string;
  readonly passwordWasReset: boolean;
}

export function SignInForm({ destination, passwordWasReset }: SignInFormProps) {
  const router = useRouter();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [submitted, setSubmitted] = useState(false);
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const emailProblem = submitted ? problemOf(emailSchema, email) : undefined;
  const passwordProblem = submitted && password === '' ? 'Give the password.' : undefined;

  async function submit() {
    setSubmitted(true);
    if (problemOf(emailSchema, email) || password === '') return;
    setPending(true);
    setRefusal(null);
    const answer = await signIn('password', { email, password, redirect: false }).catch(() => undefined);
    if (answer?.ok && !answer.error) {
      router.push(destination);
      router.refresh();
      return;
    }
    setPending(false);
    setRefusal(signInRefusal(answer?.error ?? 'unreachable'));
  }

  return (
    <>
      <h1>Sign in</h1>
      <Form onSubmit={submit} className="form-big">
        {passwordWasReset && !refusal && (
          <Note>The password is changed, and every session was ended. Sign in with the new one.</Note>
        )}
        <Field
          label="Email"
          type="email"
          inputMode="email"
          autoComplete="username"
          required
          value={email}
          error={emailProblem}
          onChange={(event) => setEmail(event.target.value)}
        />
        <PasswordField
          autoComplete="current-password"
          required
          value={password}
          error={passwordProblem}
          aside={<Link href="/forgot">Forgot it?</Link>}
          onChange={(event) => setPassword(event.target.value)}
        />
        {refusal && <Note kind="bad">{refusal}</Note>}
        <SubmitButton disabled={pending}>{pending ? 'Signing in…' : 'Sign in'}</SubmitButton>
      </Form>
      <p className="alt">
        No account? <Link href="/sign-up">Get a key</Link>
      </p>
    </>
  );
}
