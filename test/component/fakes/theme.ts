/** Puts a captured theme on the page as VS Code does: variables by script, attributes on the body. */
interface CapturedTheme {
  readonly variables: Readonly<Record<string, string>>;
  readonly bodyClass: string;
  readonly themeKind: string;
  readonly themeId: string;
}

export function applyTheme(theme: CapturedTheme): void {
  const { style } = document.documentElement;
  for (const name of [...style]) style.removeProperty(name);
  for (const [name, value] of Object.entries(theme.variables)) style.setProperty(name, value);
  document.body.className = theme.bodyClass;
  document.body.dataset['vscodeThemeKind'] = theme.themeKind;
  document.body.dataset['vscodeThemeId'] = theme.themeId;
}

declare global {
  var capturedTheme: CapturedTheme;
  var applyTheme: (theme: CapturedTheme) => void;
}
globalThis.applyTheme = applyTheme;
applyTheme(globalThis.capturedTheme);
