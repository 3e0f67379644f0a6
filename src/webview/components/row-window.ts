/** A long list of rows of one height, of which only those in sight exist: what of it is in sight, and where rows stand. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';

type Host = ReactiveControllerHost & HTMLElement;

/** The host's shadow root holds `.scroll`, which scrolls, and in it `.all`, in which each `.row` has a `data-index`. */
export class RowWindow implements ReactiveController {
  #first = 0;
  #shown: number;
  readonly #observer = new ResizeObserver(() => this.measure());

  /**
   * @param rowHeight CSS pixels
   * @param shown rows supposed to be in sight before it is known
   * @param spare rows drawn beyond what is in sight
   */
  constructor(
    private readonly host: Host,
    private readonly rowHeight: number,
    shown: number,
    private readonly spare: number,
  ) {
    this.#shown = shown;
    host.addController(this);
  }

  hostConnected(): void {
    this.#observer.observe(this.host);
  }

  hostDisconnected(): void {
    this.#observer.disconnect();
  }

  /** Rows to draw: `[from, to)`. */
  get from(): number {
    return Math.max(0, this.#first - this.spare);
  }
  get to(): number {
    return this.#first + this.#shown + this.spare;
  }

  /** Rows that a page key moves by. */
  get page(): number {
    return Math.max(1, this.#shown - 2);
  }

  /** To be called when it was scrolled. */
  readonly measure = (): void => {
    const { scroller, rowHeight } = this;
    const first = Math.floor(scroller.scrollTop / rowHeight);
    const shown = Math.ceil(scroller.clientHeight / rowHeight) + 1;
    if (first === this.#first && shown === this.#shown) return;
    this.#first = first;
    this.#shown = shown;
    this.host.requestUpdate();
  };

  /** Puts the drawn rows where they belong: no inline styles, which the content policy forbids in templates. */
  place(count: number): void {
    const all = this.#find('.all');
    all.style.height = `${count * this.rowHeight}px`;
    for (const row of all.querySelectorAll<HTMLElement>('.row'))
      row.style.top = `${Number(row.dataset['index']) * this.rowHeight}px`;
  }

  toTop(): void {
    this.scroller.scrollTop = 0;
  }

  /** @param covered CSS pixels at the top that a heading covers */
  reveal(row: number, covered = 0): void {
    const { scroller, rowHeight } = this;
    const room = scroller.clientHeight - covered;
    const top = row * rowHeight;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + rowHeight > scroller.scrollTop + room) scroller.scrollTop = top + rowHeight - room;
  }

  private get scroller(): HTMLElement {
    return this.#find('.scroll');
  }

  #find(selector: string): HTMLElement {
    const found = this.host.shadowRoot?.querySelector<HTMLElement>(selector);
    if (!found) throw new Error(`${this.host.localName} has no ${selector}`);
    return found;
  }
}
