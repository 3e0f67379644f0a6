// The server of one evaluation: on this machine only, a port of its own, everything below a secret path.
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { contentSecurityPolicy } from '../../src/extension/views/html.ts';
import { LensError, toWireError } from '../../src/shared/errors.ts';
import { assetAttributes } from '../../src/shared/page-assets.ts';
import type { Pack, PackRequest } from '../../src/shared/transport.ts';
import { encodeAnswer, type PackAnswer } from './pack-codec.ts';
import { addresses, type PageTask } from './page-contract.ts';

/** The files of the build under test, in memory. */
export interface BuiltFiles {
  readonly worker: Uint8Array;
  readonly shardWorker: Uint8Array;
  readonly kernelsSimd: Uint8Array;
  readonly kernelsFma: Uint8Array;
}

export interface ServerOptions {
  readonly built: BuiltFiles;
  /** The page's script. */
  readonly page: Uint8Array;
  readonly task: PageTask;
  readonly pull: (request: PackRequest, signal: AbortSignal) => Promise<Pack>;
}

export interface RunningServer {
  /** Address of the page. */
  readonly url: string;
  close(): Promise<void>;
}

/** A list of single files to pull is the largest message that a page sends. */
const largestRequest = 16 * 1024 * 1024;

const html = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Latent Lens: evaluation</title><link rel="icon" href="data:,"></head>
<body ${assetAttributes.engineWorker}="${addresses.worker}" ${assetAttributes.shardWorker}="${addresses.shardWorker}" ${assetAttributes.kernelsSimd}="${addresses.kernelsSimd}" ${assetAttributes.kernelsFma}="${addresses.kernelsFma}">
<script src="${addresses.script}"></script>
</body>
</html>
`;

/** Starts the server; it answers nothing but the page's own requests. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const base = `/${randomBytes(24).toString('base64url')}/`;
  const answers = fixedAnswers(options);
  const server = createServer((request, response) => {
    const address = request.url ?? '';
    // A name that leads here from elsewhere (DNS rebinding) is not the page's.
    const ours = request.headers.host === `127.0.0.1:${portOf()}` && address.startsWith(base);
    const name = ours ? address.slice(base.length) : null;
    if (name === addresses.pull && request.method === 'POST') {
      void answerPull(request, response, options.pull);
      return;
    }
    const answer = name === null || request.method !== 'GET' ? undefined : answers.get(name);
    if (answer) send(response, 200, answer.type, answer.body);
    else send(response, 404, 'text/plain', 'Nothing here.');
  });
  const portOf = (): number => (server.address() as AddressInfo | null)?.port ?? -1;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${portOf()}${base}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface FixedAnswer {
  readonly type: string;
  readonly body: Uint8Array | string;
}

function fixedAnswers({ built, page, task }: ServerOptions): ReadonlyMap<string, FixedAnswer> {
  return new Map<string, FixedAnswer>([
    ['', { type: 'text/html; charset=utf-8', body: html }],
    [addresses.script, { type: 'text/javascript', body: page }],
    [addresses.task, { type: 'application/json', body: JSON.stringify(task) }],
    [addresses.worker, { type: 'text/javascript', body: built.worker }],
    [addresses.shardWorker, { type: 'text/javascript', body: built.shardWorker }],
    [addresses.kernelsSimd, { type: 'application/wasm', body: built.kernelsSimd }],
    [addresses.kernelsFma, { type: 'application/wasm', body: built.kernelsFma }],
  ]);
}

function send(response: ServerResponse, status: number, type: string, body: Uint8Array | string): void {
  response.writeHead(status, {
    'content-type': type,
    // The page runs under the policy of the product's own.
    'content-security-policy': contentSecurityPolicy("'self'"),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  });
  response.end(body);
}

async function answerPull(
  request: IncomingMessage,
  response: ServerResponse,
  pull: ServerOptions['pull'],
): Promise<void> {
  const abort = new AbortController();
  response.on('close', () => abort.abort());
  let answer: PackAnswer;
  try {
    answer = { pack: await pull(await readRequest(request), abort.signal) };
  } catch (error) {
    answer = { error: toWireError(error) };
  }
  if (!response.destroyed) send(response, 200, 'application/octet-stream', encodeAnswer(answer));
}

async function readRequest(request: IncomingMessage): Promise<PackRequest> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    const bytes = part as Buffer;
    size += bytes.length;
    if (size > largestRequest) throw new LensError('internal', 'A pull was too large.');
    parts.push(bytes);
  }
  const value: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
  if (isPackRequest(value)) return value;
  throw new LensError('internal', 'A pull could not be understood.');
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isPackRequest = (value: unknown): value is PackRequest =>
  isRecord(value) &&
  typeof value['source'] === 'string' &&
  isRecord(value['cursor']) &&
  typeof value['cursor']['file'] === 'number' &&
  typeof value['cursor']['offset'] === 'number' &&
  (value['only'] === undefined ||
    (Array.isArray(value['only']) && value['only'].every((each) => Number.isInteger(each))));
