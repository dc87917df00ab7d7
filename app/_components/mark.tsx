import { brand } from '#server/domain/brand/brand.ts';

/** Graduations that read as an M, on a square of tape. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 22 22" aria-hidden="true">
      <rect width="22" height="22" rx="3" />
      <path d="M3 5.2H19M4 5v12M7.5 5v4.5M11 5v8M14.5 5v4.5M18 5v12" />
    </svg>
  );
}

export function Wordmark() {
  return (
    <>
      <Mark />
      {brand.name}
    </>
  );
}
