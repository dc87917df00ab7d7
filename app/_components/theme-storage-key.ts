/** Where the browser keeps the chosen theme; without it the system decides. */
export const themeStorageKey = 'theme';
