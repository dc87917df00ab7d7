'use client';
import { MenuChoice } from './menu.tsx';
import { setTheme, type Theme, themes, useTheme } from './use-theme.ts';

const names: Record<Theme, string> = { system: 'As the system', light: 'Light', dark: 'Dark' };

export function ThemeMenuChoice() {
  return (
    <MenuChoice
      label="Theme"
      value={useTheme()}
      onChange={(theme) => setTheme(theme as Theme)}
      options={themes.map((theme) => ({ value: theme, label: names[theme] }))}
    />
  );
}

/** The same choice outside a menu. */
export function ThemeSegments() {
  const chosen = useTheme();
  return (
    <fieldset className="seg" aria-label="Theme">
      {themes.map((theme) => (
        <button key={theme} type="button" aria-pressed={theme === chosen} onClick={() => setTheme(theme)}>
          {theme === 'system' ? 'System' : names[theme]}
        </button>
      ))}
    </fieldset>
  );
}
