/** What commands work with. */
import type * as vscode from 'vscode';
import type { Checks } from '../checks/checks.ts';
import type { Services } from '../core/services.ts';
import type { LatentMap } from '../views/latent-map.ts';
import type { Report } from '../views/report.ts';
import type { Studio } from '../views/studio.ts';

export interface App {
  readonly services: Services;
  readonly studio: Studio;
  readonly report: Report;
  readonly map: LatentMap;
  readonly checks: Checks;
}

/** A command's first argument, which menus, trees and other extensions fill differently. */
export type CommandTarget = vscode.Uri | { readonly uri: string } | undefined;
