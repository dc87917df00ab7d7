'use client';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { signIn } from 'next-auth/react';
import { useEffect, useRef, useState } from 'react';
import { Wait } from '../../_components/wait.tsx';
import { signInRefusal } from '../sign-in-refusal.ts';
import { useLinkToken } from '../use-link-token.ts';

export function ConfirmAddress() {
  const router = useRouter();
  const token = useLinkToken();
  const asked = useRef(false);
  const [refusal, setRefusal] = useState<string | null>(null);

  useEffect(() => {
    if (!token || asked.current) return;
    asked.current = true;
    void signIn('mail-link', { token, redirect: false })
      .catch(() => undefined)
      .then((answer) => {
        if (!answer?.ok || answer.error) return setRefusal(signInRefusal(answer?.error ?? 'unreachable'));
        router.replace('/w');
        router.refresh();
      });
  }, [token, router]);

  if (token === null || refusal) {
    return (
      <>
        <h1>The link does not work</h1>
        <p className="text-ink-2 mt-2">
          {refusal ?? 'It is incomplete: copy the whole address from the mail.'} Sign in with your password to
          be sent a new one.
        </p>
        <p className="mt-5">
          <Link className="btn primary big" href="/sign-in">
            Sign in
          </Link>
        </p>
      </>
    );
  }
  return (
    <>
      <h1>Confirming your address</h1>
      <div className="mt-4">
        <Wait>You are signed in as soon as it is done.</Wait>
      </div>
    </>
  );
}
