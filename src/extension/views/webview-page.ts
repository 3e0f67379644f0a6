/** Fills a webview with one of the extension's pages. */
import * as vscode from 'vscode';
import { pageHtml } from './html.ts';
import type { PageMessages } from './page-link.ts';

export type PageName = 'studio' | 'report' | 'model-card' | 'map';

/** Roots are fixed at creation: changing them later would recreate the page and end its job. */
export const pageOptions = (extension: vscode.Uri): vscode.WebviewOptions => ({
  enableScripts: true,
  enableForms: false,
  localResourceRoots: [vscode.Uri.joinPath(extension, 'dist')],
});

/** Sets the HTML, which starts the page: whoever listens to its messages does so before. */
export function openPage(
  webview: vscode.Webview,
  extension: vscode.Uri,
  name: PageName,
  title: string,
): void {
  const file = (...segments: string[]): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(extension, 'dist', ...segments)).toString();
  webview.html = pageHtml({
    title,
    language: vscode.env.language,
    cspSource: webview.cspSource,
    script: file('webview', `${name}.js`),
    codicons: file('webview', 'codicon.css'),
    assets: {
      engineWorker: file('engine', 'worker.js'),
      forwardWorker: file('engine', 'forward-worker.js'),
      shardWorker: file('engine', 'shard-worker.js'),
      kernelsSimd: file('wasm', 'kernels-simd.wasm'),
      kernelsFma: file('wasm', 'kernels-fma.wasm'),
      projectionSimd: file('wasm', 'projection-simd.wasm'),
      projectionFma: file('wasm', 'projection-fma.wasm'),
    },
  });
}

export const messagesOf = (webview: vscode.Webview): PageMessages => ({
  post: (message) => void webview.postMessage(message),
  listen: (receive) => webview.onDidReceiveMessage(receive),
});
