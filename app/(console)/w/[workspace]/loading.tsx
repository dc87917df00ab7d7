/** The page's own hairlines. */
export default function Loading() {
  return (
    <main className="skeleton" aria-busy="true" aria-label="Loading">
      <div className="topline" />
      <div className="sheet">
        <div className="figs h-24" />
        <div className="border-line mt-9 h-64 border-b" />
      </div>
    </main>
  );
}
