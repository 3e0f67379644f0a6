/** The editor's theme as seen by a page: kind, colours, and when they change. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';

export type ThemeKind = 'light' | 'dark' | 'high-contrast' | 'high-contrast-light';

/** Read from the body, where VS Code keeps it. */
export function themeKind(): ThemeKind {
  switch (document.body.dataset['vscodeThemeKind']) {
    case 'vscode-light':
      return 'light';
    case 'vscode-high-contrast':
      return 'high-contrast';
    case 'vscode-high-contrast-light':
      return 'high-contrast-light';
    default:
      return 'dark';
  }
}

export const isDark = (): boolean => themeKind() === 'dark' || themeKind() === 'high-contrast';

/** The value of `--vscode-…` as the theme has it; the fallback where it has none. For canvases, which know no CSS. */
export function themeColor(name: `--vscode-${string}`, fallback: `--vscode-${string}`): string {
  const style = getComputedStyle(document.documentElement);
  return style.getPropertyValue(name).trim() || style.getPropertyValue(fallback).trim() || 'GrayText';
}

/** VS Code's own setting, or the system's. */
export const prefersReducedMotion = (): boolean =>
  document.body.classList.contains('vscode-reduce-motion') ||
  matchMedia('(prefers-reduced-motion: reduce)').matches;

/**
 * Calls back after VS Code has put another theme's variables on the page.
 * @returns a function that stops it
 */
export function onThemeChange(callback: () => void): () => void {
  const observer = new MutationObserver(callback);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, {
    attributes: true,
    attributeFilter: ['class', 'data-vscode-theme-kind', 'data-vscode-theme-id'],
  });
  return () => observer.disconnect();
}

/** Renders an element anew when the theme changes: for what is drawn rather than styled. */
export class ThemeController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #stop: (() => void) | undefined;
  /** Counts the changes, so that a drawing can tell whether its colours are stale. */
  version = 0;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#stop = onThemeChange(() => {
      this.version++;
      this.#host.requestUpdate();
    });
  }

  hostDisconnected(): void {
    this.#stop?.();
  }
}
