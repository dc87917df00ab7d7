const texts = ['It works on the first try.', 'It broke after a week.', 'It arrived on Tuesday.'];

/** A few units' worth, to see what becomes of a batch. */
export function exampleFile(): File {
  const lines = texts.map((input, index) =>
    JSON.stringify({
      custom_id: `example-${index + 1}`,
      method: 'POST',
      url: '/v1/sentiment',
      body: { input },
    }),
  );
  return new File([`${lines.join('\n')}\n`], 'example.jsonl', { type: 'application/jsonl' });
}
