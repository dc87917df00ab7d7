/** As the HTML standard has it (9.2.6); JSON holds no line break of its own. */
export function serverSentEvent(data: object | '[DONE]', name?: string): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return name === undefined ? `data: ${text}\n\n` : `event: ${name}\ndata: ${text}\n\n`;
}
