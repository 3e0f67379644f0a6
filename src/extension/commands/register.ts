/** Every command by its id. Errors end as one sentence; the table is all there is. */
import * as vscode from 'vscode';
import { commands } from '../../shared/names.ts';
import type { App } from './app.ts';
import { check, checkFolder } from './check.ts';
import {
  chooseActiveModel,
  deleteModel,
  openModel,
  openStudio,
  renameModel,
  revealModel,
  setActiveModel,
  showMap,
} from './models.ts';
import { computeTsne, stopTsne } from './project.ts';
import type { ProjectOptions } from './project-options.ts';
import { recalibrate, type RecalibrateOptions } from './recalibrate.ts';
import { resume, stopTraining } from './resume.ts';
import { createSamples, type SampleOptions } from './samples.ts';
import { train, type TrainOptions } from './train.ts';

type Handler = (app: App, target: unknown, second: unknown) => unknown;

/** Menus pass a selection as second argument; automation passes options. */
const optionsOf = <T>(second: unknown): T | undefined =>
  typeof second === 'object' && second !== null && !Array.isArray(second) ? (second as T) : undefined;

export const commandHandlers: Readonly<Record<(typeof commands)[keyof typeof commands], Handler>> = {
  [commands.train]: (app, target, second) => train(app, target, optionsOf<TrainOptions>(second)),
  [commands.check]: check,
  [commands.openStudio]: openStudio,
  [commands.chooseActiveModel]: chooseActiveModel,
  [commands.setActiveModel]: setActiveModel,
  [commands.stopTraining]: stopTraining,
  [commands.resumeTraining]: resume,
  [commands.createSamples]: (app, target, second) =>
    createSamples(app, target, optionsOf<SampleOptions>(second)),
  [commands.showLog]: (app) => app.services.log.show(),
  [commands.openModel]: openModel,
  [commands.renameModel]: renameModel,
  [commands.deleteModel]: deleteModel,
  [commands.revealModel]: revealModel,
  [commands.refreshModels]: (app) => app.services.models.refresh(),
  [commands.showMap]: showMap,
  [commands.openMap]: (app) => app.map.openInEditor(),
  [commands.computeTsne]: (app, target, second) =>
    computeTsne(app, target, optionsOf<ProjectOptions>(second)),
  [commands.stopTsne]: stopTsne,
  [commands.checkFolder]: checkFolder,
  [commands.recalibrate]: (app, target, second) =>
    recalibrate(app, target, optionsOf<RecalibrateOptions>(second)),
  [commands.clearChecks]: ({ checks }) => checks.results.clear(),
};

/** @param app made with the first command that runs */
export function registerCommands(app: () => App): vscode.Disposable[] {
  return Object.entries(commandHandlers).map(([id, handler]) =>
    vscode.commands.registerCommand(id, async (target: unknown, second: unknown) => {
      const { services } = app();
      try {
        return await handler(app(), target, second);
      } catch (error) {
        services.errors.show(error, id);
        return undefined;
      }
    }),
  );
}
