/** Whether it did. Browsers have `navigator.clipboard` only over https and on the machine itself: over http from elsewhere it is the old way. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyByCommand(text);
  }
}

/** Puts the text into what the browser copies, so nothing has to be selected, and the focus stays where it is. */
function copyByCommand(text: string): boolean {
  let copied = false;
  const put = (event: ClipboardEvent) => {
    event.preventDefault();
    event.clipboardData?.setData('text/plain', text);
    copied = true;
  };
  document.addEventListener('copy', put);
  document.execCommand('copy');
  document.removeEventListener('copy', put);
  return copied;
}
