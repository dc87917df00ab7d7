/** next-auth answers a refused sign-in with one word: our code. Here is what it means to a person. */
const sentences: Readonly<Record<string, string>> = {
  wrong_credentials: 'Email and password do not match. Check both, or reset the password.',
  address_not_confirmed:
    'This address is not confirmed yet. We mailed a new link: open it, and you are signed in.',
  rate_limit_exceeded: 'Too many attempts. Wait ten minutes and try again.',
  link_expired: 'This link was used before or is too old.',
};

export function signInRefusal(code: string): string {
  return sentences[code] ?? 'Signing in failed on our side. Try again in a minute.';
}
