/** The output channel “Latent Lens”, and errors as a user sees them: one sentence, with the log at hand. */
import * as vscode from 'vscode';
import { isCancelled, toWireError, type WireError } from '../../shared/errors.ts';

export interface Log {
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
  show(): void;
}

/** The channel is opened with the first line: a window that never uses the extension gets none. */
export class LazyLog implements Log, vscode.Disposable {
  private channel: vscode.LogOutputChannel | undefined;

  info(text: string): void {
    this.open().info(text);
  }
  warn(text: string): void {
    this.open().warn(text);
  }
  error(text: string): void {
    this.open().error(text);
  }
  show(): void {
    this.open().show(true);
  }
  dispose(): void {
    this.channel?.dispose();
  }

  private open(): vscode.LogOutputChannel {
    this.channel ??= vscode.window.createOutputChannel('Latent Lens', { log: true });
    return this.channel;
  }
}

export interface ErrorAction {
  readonly title: string;
  readonly run: () => unknown;
}

export class ErrorReporter {
  constructor(private readonly log: Log) {}

  /** Into the log alone. */
  record(error: unknown, where: string): WireError {
    const wire = toWireError(error);
    const detail = wire.detail === undefined ? '' : `\n${wire.detail}`;
    this.log.error(`${where}: ${wire.message} [${wire.code}]${detail}`);
    return wire;
  }

  /** Into the log and, unless the user cancelled, as a message. Does not wait for the message to be answered. */
  show(error: unknown, where: string, actions: readonly ErrorAction[] = []): WireError {
    if (isCancelled(error)) return toWireError(error);
    const wire = this.record(error, where);
    const showLog: ErrorAction = { title: vscode.l10n.t('Show Log'), run: () => this.log.show() };
    void offer('error', wire.message, [...actions, showLog], this);
    return wire;
  }
}

/** A message with buttons, of which the one pressed runs. Resolves when the message is gone. */
export async function offer(
  kind: 'info' | 'warning' | 'error',
  message: string,
  actions: readonly ErrorAction[],
  reporter: ErrorReporter,
): Promise<void> {
  const show = {
    info: vscode.window.showInformationMessage,
    warning: vscode.window.showWarningMessage,
    error: vscode.window.showErrorMessage,
  }[kind];
  const titles = actions.map(({ title }) => title);
  const chosen = await show<string>(message, ...titles);
  const action = actions.find(({ title }) => title === chosen);
  try {
    await action?.run();
  } catch (error) {
    reporter.show(error, action?.title ?? kind);
  }
}
