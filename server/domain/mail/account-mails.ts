import { brand } from '../brand/brand.ts';
import type { Mail } from './mail.ts';
import { renderMail } from './render-mail.ts';

const notYou = 'If this was not you, ignore this mail: nothing changes.';

export function confirmAddressMail(to: string, url: string): Mail {
  return renderMail(to, {
    subject: `Confirm your address for ${brand.name}`,
    paragraphs: ['Confirm this address to finish signing up. The link works once, for 24 hours.', notYou],
    action: { label: 'Confirm the address', url },
  });
}

export function addressTakenMail(to: string, webUrl: string): Mail {
  return renderMail(to, {
    subject: `You already have an account at ${brand.name}`,
    paragraphs: [
      'Someone signed up with this address, which has an account already. Sign in, or reset the password if it is lost.',
      notYou,
    ],
    action: { label: 'Sign in', url: `${webUrl}/sign-in` },
  });
}

export function resetPasswordMail(to: string, url: string): Mail {
  return renderMail(to, {
    subject: `Reset your password for ${brand.name}`,
    paragraphs: ['Choose a new password. The link works once, for 1 hour.', notYou],
    action: { label: 'Choose a new password', url },
  });
}

export function noAccountMail(to: string, webUrl: string): Mail {
  return renderMail(to, {
    subject: `No account at ${brand.name} under this address`,
    paragraphs: ['Someone asked to reset a password with this address, which has no account.', notYou],
    action: { label: 'Sign up', url: `${webUrl}/sign-up` },
  });
}

export function passwordChangedMail(to: string, webUrl: string): Mail {
  return renderMail(to, {
    subject: `Your password for ${brand.name} was changed`,
    paragraphs: [
      'The password of this account was changed by a link in a mail, and every session was signed out.',
      'If this was not you, reset the password at once.',
    ],
    action: { label: 'Reset the password', url: `${webUrl}/forgot` },
  });
}
