'use client';
import type { DemoToken } from '#server/domain/demo/schema.ts';

/** Kept in the tab: a visitor who comes back to the page does not need another one. */
const storageKey = 'demo-token';
const sparedMs = 15_000;

export function storedToken(): DemoToken | null {
  try {
    const parsed = JSON.parse(sessionStorage.getItem(storageKey) ?? 'null') as DemoToken | null;
    if (!parsed) return null;
    const expiresAt = new Date(parsed.expiresAt);
    return expiresAt.getTime() - sparedMs > Date.now() ? { ...parsed, expiresAt } : null;
  } catch {
    return null;
  }
}

export function storeToken(token: DemoToken | null): void {
  try {
    if (token) sessionStorage.setItem(storageKey, JSON.stringify(token));
    else sessionStorage.removeItem(storageKey);
  } catch {
    // Without storage each visit asks for a token of its own.
  }
}
