/** Loads a folder of image files: one image a file, decoded and fitted or taken from the cache. */
import type { Fitting } from '../../shared/packed.ts';
import type { SourceFile } from '../../shared/transport.ts';
import { ImageColumns } from './assemble.ts';
import { fitInto } from './fit.ts';
import { planeTarget } from './gray-planes.ts';
import { FolderReading, type ImageTaker, type WholeFile } from './folder-reading.ts';
import type { Decode, RgbaImage } from './image.ts';
import { labelTest } from './label-filter.ts';
import type { LoadRequest } from './load-request.ts';
import type { PackedImages } from './packed-images.ts';
import { PackedKeeper } from './packed-keeper.ts';
import { isWorthKeeping, readRecord } from './packed-records.ts';

/** The most images that there can be. */
function capacityOf({ source, classes = [] }: LoadRequest, keeps: (label: number) => boolean): number {
  const left = classes.reduce((sum, { count }, label) => sum + (keeps(label) ? 0 : (count ?? 0)), 0);
  return Math.max(0, source.files - left);
}

/** See `loadDataset`. */
export async function loadFolder(request: LoadRequest & { readonly decode: Decode }): Promise<PackedImages> {
  const load = new FolderLoad(request);
  try {
    return await load.run();
  } finally {
    load.endCache();
  }
}

/** One load: what is decoded is fitted and kept in the cache; what the cache has is taken as it is. */
class FolderLoad implements ImageTaker {
  private readonly names: readonly string[];
  private readonly keepsLabel: (label: number) => boolean;
  private readonly columns: ImageColumns;
  private readonly fitting: Fitting;
  private readonly keeper: PackedKeeper | undefined;
  /** Files whose packed image did not prove itself, and their places. */
  private readonly damaged = new Map<number, number>();
  private decoded = 0;
  private fromCache = 0;

  constructor(private readonly request: LoadRequest & { readonly decode: Decode }) {
    const { shape, mode, cache, planes = false, memoryBudget } = request;
    this.names = (request.classes ?? []).map(({ name }) => name);
    this.keepsLabel = labelTest(request.filter, this.names);
    this.columns = new ImageColumns(capacityOf(request, this.keepsLabel), shape, memoryBudget, planes);
    this.fitting = { ...shape, mode, planes };
    this.keeper = cache && new PackedKeeper(cache, this.fitting);
  }

  async run(): Promise<PackedImages> {
    const { source, cache, filter, onProgress, onCounts } = this.request;
    const onFile = (done: number): void => onProgress?.({ phase: 'reading', done, total: source.files });
    const reading = new FolderReading({ ...this.request, onFile }, this);
    await reading.read(cache ? { fitting: this.fitting } : {});
    if (this.damaged.size > 0) await reading.read({ only: [...this.damaged.keys()] });
    onCounts?.({ decoded: this.decoded, fromCache: this.fromCache });
    return this.columns.finish(this.names, reading.skipped, filter !== null && filter !== undefined);
  }

  /** What was decoded so far is kept, also where the load ended early. */
  endCache(): void {
    void this.keeper?.end().catch(() => undefined);
  }

  keeps({ label }: SourceFile): boolean {
    return this.keepsLabel(label);
  }

  place(file: SourceFile): number {
    return this.damaged.get(file.index) ?? this.columns.take(file, file.label, 0);
  }

  async fill(place: number, image: RgbaImage, { file, bytes, pixels }: WholeFile): Promise<void> {
    const { columns, fitting } = this;
    const view = columns.at(place);
    fitInto(image, fitting, view);
    const plane = columns.planes?.set(place, (to) => fitInto(image, planeTarget, to));
    columns.fill(place);
    this.decoded++;
    if (isWorthKeeping(bytes.length, pixels, fitting)) await this.keeper?.add(file, { view, plane });
  }

  unpack(file: SourceFile, bytes: Uint8Array): boolean {
    const { columns } = this;
    const place = columns.take(file, file.label, 0);
    const image = readRecord(bytes, file.path, this.fitting);
    if (!image) {
      this.damaged.set(file.index, place);
      return false;
    }
    const { view, plane } = image;
    columns.at(place).set(view);
    if (plane) columns.planes?.set(place, (to) => to.set(plane));
    columns.fill(place);
    this.fromCache++;
    return true;
  }
}
