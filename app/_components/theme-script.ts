import { createHash } from 'node:crypto';
import { themeStorageKey } from './theme-storage-key.ts';

/** Runs before the first paint. It never changes, so the Content-Security-Policy names it by its hash. */
export const themeScript = `(()=>{const e=document.documentElement,m=matchMedia('(prefers-color-scheme: dark)'),a=()=>{let t=null;try{t=localStorage.getItem('${themeStorageKey}')}catch{}e.dataset.theme=t==='light'||t==='dark'?t:m.matches?'dark':'light'};a();m.addEventListener('change',a)})()`;

export const themeScriptHash = `sha256-${createHash('sha256').update(themeScript).digest('base64')}`;
