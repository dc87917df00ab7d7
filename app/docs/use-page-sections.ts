'use client';
import { useEffect, useState } from 'react';

export interface PageSection {
  readonly id: string;
  readonly title: string;
}

/** What stands on the page that is open, read from its headings: each page names its sections itself. */
export function usePageSections(path: string): readonly PageSection[] {
  const [sections, setSections] = useState<readonly PageSection[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page has other headings
  useEffect(() => {
    const headings = document.querySelectorAll('#content h2[id]');
    setSections(Array.from(headings, ({ id, textContent }) => ({ id, title: textContent ?? '' })));
  }, [path]);
  return sections;
}
