/** A button that holds a training between two epochs, and lets it go on. */
export class PauseButton {
  readonly #button: HTMLButtonElement;
  readonly #status: HTMLElement;
  #asked = false;
  #resume: (() => void) | null = null;
  #held = 0;

  /** @param status says that the training waits */
  constructor(button: HTMLButtonElement, status: HTMLElement) {
    this.#button = button;
    this.#status = status;
    button.addEventListener('click', () => {
      this.#ask(!this.#asked);
      if (!this.#asked) this.#resume?.();
    });
  }

  /** Seconds that the training has waited. */
  get seconds(): number {
    return this.#held;
  }

  /** A training begins. */
  begin(): void {
    this.#held = 0;
    this.#ask(false);
  }

  show(shown: boolean): void {
    this.#button.hidden = !shown;
  }

  /** Resolves at once, or when whoever has paused says so or `signal` is aborted. */
  async wait(signal: AbortSignal): Promise<void> {
    if (!this.#asked || signal.aborted) return;
    const began = performance.now();
    const said = this.#status.textContent;
    this.#status.textContent = `${said}. Paused.`;
    await new Promise<void>((resolve) => {
      this.#resume = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    this.#resume = null;
    this.#held += (performance.now() - began) / 1000;
    if (!signal.aborted) this.#status.textContent = said;
  }

  #ask(pause: boolean): void {
    this.#asked = pause;
    this.#button.textContent = pause ? 'Go on' : 'Pause';
  }
}
