/** From a model to its images: where they lie now, also after they were moved and found again. */
import { LensError } from '../../shared/errors.ts';
import type { DatasetCard } from '../../shared/model-card.ts';
import { placesOf, type WorkspaceFolder } from '../core/location.ts';
import { memoryKeys, type Memory } from '../core/memory-keys.ts';
import type { Files } from '../core/files.ts';

/** Links that are kept: the oldest go first. */
const mostLinks = 100;

export class ModelImages {
  constructor(
    private readonly files: Files,
    private readonly memory: Memory,
    private readonly folders: () => readonly WorkspaceFolder[],
  ) {}

  /** The data set's root; undefined where it is neither at its place nor at the one it was linked to. */
  async root(model: string, dataset: Pick<DatasetCard, 'location'>): Promise<string | undefined> {
    const linked = this.links()[model];
    const places = placesOf(dataset.location, this.folders(), this.files);
    for (const place of linked === undefined ? places : [linked, ...places]) {
      if (await this.files.stat(place).catch(() => undefined)) return place;
    }
    return undefined;
  }

  /**
   * @param path relative to the data set; a model file may come from anywhere, so it cannot lead out of that
   * @throws LensError `not-found` where the data set is gone, `invalid-model-file` for an impossible path
   */
  async uriOf(model: string, dataset: Pick<DatasetCard, 'location' | 'name'>, path: string): Promise<string> {
    const segments = path.split(/[/\\]/).filter((segment) => segment !== '' && segment !== '.');
    if (segments.length === 0 || segments.includes('..')) {
      throw new LensError('invalid-model-file', `This model names no image “${path}” that could be opened.`);
    }
    const root = await this.root(model, dataset);
    if (root === undefined) {
      throw new LensError(
        'not-found',
        `The images of this model (“${dataset.name}”) are not at ${dataset.location} any more; re-link them on the map.`,
      );
    }
    return this.files.join(root, ...segments);
  }

  /** Remembers where the images of a model are. @param root as a URI string */
  async link(model: string, root: string): Promise<void> {
    const others = Object.entries(this.links()).filter(([each]) => each !== model);
    const kept = others.slice(-(mostLinks - 1));
    await this.memory.update(memoryKeys.links, { ...Object.fromEntries(kept), [model]: root });
  }

  private links(): Readonly<Record<string, string>> {
    return this.memory.get<Record<string, string>>(memoryKeys.links) ?? {};
  }
}
