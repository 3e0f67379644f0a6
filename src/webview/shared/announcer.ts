/** What a screen reader hears of something that goes on: little, and only what is new. */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { pageClock, throttle, type Clock, type Throttled } from './throttle.ts';

/** Milliseconds between two announcements. */
const announceInterval = 10_000;

/** Keeps the text of an element's live region, and renders the element anew when it changes. */
export class Announcer implements ReactiveController {
  #spoken = '';
  readonly #host: ReactiveControllerHost;
  readonly #later: Throttled<string>;

  constructor(host: ReactiveControllerHost, clock: Clock = pageClock) {
    this.#host = host;
    this.#later = throttle<string>(announceInterval, (text) => this.#speak(text), clock);
    host.addController(this);
  }

  /** For the live region. */
  get spoken(): string {
    return this.#spoken;
  }

  /** Says this when it is time; the newest counts. */
  push(text: string): void {
    if (text !== this.#spoken) this.#later.push(text);
  }

  /** Says this at once, in place of what waits. */
  now(text: string): void {
    this.#later.cancel();
    this.#speak(text);
  }

  hostDisconnected(): void {
    this.#later.cancel();
  }

  #speak(text: string): void {
    if (text === this.#spoken) return;
    this.#spoken = text;
    this.#host.requestUpdate();
  }
}
