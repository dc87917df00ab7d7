/** Keeps a text where others can read the store: only whoever has the key of its purpose opens it again. */
export interface Seal {
  seal(text: string): string;
  open(sealed: string): string;
}
