/** What became of the file that a page saved last: a line that is seen and heard. */
import { html, type ReactiveControllerHost, type TemplateResult } from 'lit';
import { Announcer } from './announcer.ts';

/** Asks where to save. @returns where that was, for people; null where the user cancelled */
export type SaveFile = (name: string, bytes: Uint8Array) => Promise<string | null>;

export class Saving {
  readonly #announcer: Announcer;

  constructor(
    host: ReactiveControllerHost,
    private readonly save: SaveFile,
  ) {
    this.#announcer = new Announcer(host);
  }

  /** @param what begins the sentence: `12 rows saved`. @throws LensError what the host says */
  async file(name: string, bytes: Uint8Array, what = 'Saved'): Promise<void> {
    // A region that says the same again is not heard.
    this.forget();
    const savedAs = await this.save(name, bytes);
    if (savedAs !== null) this.#announcer.now(`${what} as ${savedAs}.`);
  }

  /** Does what leads to {@link Saving.file}; that it failed is said, and why is logged. */
  async attempt(work: () => Promise<void>, report: (error: unknown, method: string) => void): Promise<void> {
    try {
      await work();
    } catch (error) {
      report(error, 'export');
      this.#announcer.now('The file could not be saved; the log has the details.');
    }
  }

  /** What it was saved of is no longer shown. */
  forget(): void {
    this.#announcer.now('');
  }

  /** For {@link savedLine}; empty where there is nothing to say. */
  get said(): string {
    return this.#announcer.spoken;
  }
}

/** To be rendered from the first, beside what saves: a region that comes with its words is not heard. */
export const savedLine = (said: string): TemplateResult =>
  html`<p class=${said === '' ? 'visually-hidden' : 'quiet path'} role="status">${said}</p>`;
