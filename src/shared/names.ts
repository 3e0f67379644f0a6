/** Identifiers that stand in package.json and in code; a test holds the two together. */
export const extensionId = 'latent-lens.latent-lens';

export const commands = {
  train: 'latentLens.train',
  check: 'latentLens.check',
  openStudio: 'latentLens.openStudio',
  chooseActiveModel: 'latentLens.chooseActiveModel',
  setActiveModel: 'latentLens.setActiveModel',
  stopTraining: 'latentLens.stopTraining',
  resumeTraining: 'latentLens.resumeTraining',
  createSamples: 'latentLens.createSamples',
  showLog: 'latentLens.showLog',
  openModel: 'latentLens.openModel',
  renameModel: 'latentLens.renameModel',
  deleteModel: 'latentLens.deleteModel',
  revealModel: 'latentLens.revealModel',
  refreshModels: 'latentLens.refreshModels',
  showMap: 'latentLens.showMap',
  openMap: 'latentLens.openMap',
  computeTsne: 'latentLens.computeTsne',
  stopTsne: 'latentLens.stopTsne',
  checkFolder: 'latentLens.checkFolder',
  recalibrate: 'latentLens.recalibrate',
  clearChecks: 'latentLens.clearChecks',
} as const;

export const views = {
  container: 'latentLens',
  models: 'latentLens.models',
  map: 'latentLens.map',
} as const;

export const panels = {
  studio: 'latentLens.studio',
  report: 'latentLens.report',
  map: 'latentLens.mapEditor',
  modelEditor: 'latentLens.model',
} as const;

export const contextKeys = {
  /** A training, a t-SNE or a calibration runs. */
  jobRunning: 'latentLens.jobRunning',
  training: 'latentLens.training',
  /** The job that runs is a t-SNE. */
  projecting: 'latentLens.projecting',
  hasModels: 'latentLens.hasModels',
  /** There are results of checks. */
  hasChecks: 'latentLens.hasChecks',
} as const;

/** Colours that themes and users may change. */
export const colors = {
  anomalous: 'latentLens.anomalousForeground',
} as const;

/** Keys under `latentLens.`. */
export const settings = {
  section: 'latentLens',
  engine: 'engine',
  workers: 'workers',
  modelsFolder: 'modelsFolder',
  falseAlarmRate: 'falseAlarmRate',
  maxImages: 'maxImages',
  memoryBudget: 'memoryBudget',
  problems: 'problems',
  recipe: 'training.recipe',
  epochs: 'training.epochs',
  batchSize: 'training.batchSize',
  learningRate: 'training.learningRate',
  weightDecay: 'training.weightDecay',
  latent: 'training.latent',
  seed: 'training.seed',
  fit: 'training.fit',
} as const;

export const defaultModelsFolder = 'latent-lens';
export const defaultMaxImages = 100_000;
/** Bytes. */
export const defaultMemoryBudget = 1.5 * 1024 ** 3;
