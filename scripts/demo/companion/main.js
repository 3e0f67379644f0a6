// @ts-check
// A hand inside the extension host: runs VS Code commands that a script outside asks for, over the loopback interface.
import { renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import process from 'node:process';
import * as vscode from 'vscode';

/** @param {{subscriptions: {dispose(): unknown}[]}} context */
export function activate(context) {
  const addressFile = process.env['LATENT_LENS_COMPANION'];
  const token = process.env['LATENT_LENS_COMPANION_TOKEN'];
  if (!addressFile || !token) return;
  const server = createServer((request, response) => {
    if (request.headers.authorization !== `Bearer ${token}`) return void response.writeHead(403).end();
    let body = '';
    request.setEncoding('utf8').on('data', (part) => (body += part));
    request.on('end', async () => {
      try {
        const { command, args } = JSON.parse(body, revive);
        const result = await (own[command] ?? execute(command))(...args);
        response.writeHead(200).end(JSON.stringify({ result: result ?? null }));
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        response.writeHead(500).end(JSON.stringify({ error: message }));
      }
    });
  });
  // A command may take as long as a training.
  server.requestTimeout = 0;
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    // Whoever waits for the file must not read half of it.
    writeFileSync(`${addressFile}.part`, String(port));
    renameSync(`${addressFile}.part`, addressFile);
  });
  context.subscriptions.push({ dispose: () => server.close() });
}

/** @param {string} command @returns {(...args: any[]) => unknown} */
const execute =
  (command) =>
  (...args) =>
    vscode.commands.executeCommand(command, ...args);

/** What no command does. @type {Record<string, (...args: any[]) => unknown>} */
const own = {
  'companion.setting': (key, value) =>
    vscode.workspace.getConfiguration().update(key, value, vscode.ConfigurationTarget.Global),
};

/** `{"$path": "/a/b"}` stands for a file's Uri. @param {string} _key @param {any} value */
const revive = (_key, value) => (typeof value?.$path === 'string' ? vscode.Uri.file(value.$path) : value);
