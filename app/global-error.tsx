'use client';

/** The frame itself failed, so nothing of the design can be relied on. */
export default function GlobalError({ reset }: { reset: () => void }) {
  return (
    <html lang="en">
      <head>
        <title>This page failed</title>
      </head>
      <body style={{ fontFamily: 'sans-serif', padding: 32 }}>
        <main>
          <h1>This page failed</h1>
          <p>It is our fault. Nothing was changed and nothing was charged.</p>
          <button type="button" onClick={reset}>
            Try again
          </button>
        </main>
      </body>
    </html>
  );
}
