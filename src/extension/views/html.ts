/** The HTML that every page starts from: a strict policy, the page's script, and where its files are. */
import { assetAttributes, type PageAssets } from '../../shared/page-assets.ts';

export interface PageHtml {
  readonly title: string;
  /** BCP 47, as the window's display language. */
  readonly language: string;
  /** `webview.cspSource` */
  readonly cspSource: string;
  readonly script: string;
  readonly codicons: string;
  readonly assets: PageAssets;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => escapes[character] ?? '');

/**
 * Scripts from the extension alone, compiled wasm, workers from blobs; no inline script or style, no other host.
 * `connect-src` has `blob:` because workers read wasm by blob URL; images come as blobs and data.
 */
export const contentSecurityPolicy = (cspSource: string): string =>
  [
    `default-src 'none'`,
    `script-src ${cspSource} 'wasm-unsafe-eval'`,
    `worker-src blob:`,
    `connect-src ${cspSource} blob:`,
    `img-src ${cspSource} blob: data:`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
  ].join('; ');

export function pageHtml(page: PageHtml): string {
  const attributes = (Object.keys(assetAttributes) as (keyof PageAssets)[])
    .map((key) => `${assetAttributes[key]}="${escapeHtml(page.assets[key])}"`)
    .join(' ');
  return `<!DOCTYPE html>
<html lang="${escapeHtml(page.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(contentSecurityPolicy(page.cspSource))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)}</title>
<link rel="stylesheet" id="vscode-codicon-stylesheet" href="${escapeHtml(page.codicons)}">
</head>
<body ${attributes}>
<script src="${escapeHtml(page.script)}"></script>
</body>
</html>`;
}
