/** Stops what was started, last first, once, whatever fails on the way. */

type Stop = () => void | Promise<void>;

export class Teardown {
  readonly #steps: { readonly name: string; readonly stop: Stop }[] = [];
  #running: Promise<void> | undefined;

  add(name: string, stop: Stop): void {
    this.#steps.push({ name, stop });
  }

  run(): Promise<void> {
    this.#running ??= this.#stopAll();
    return this.#running;
  }

  async #stopAll(): Promise<void> {
    for (const { name, stop } of this.#steps.toReversed()) {
      try {
        await stop();
      } catch (error) {
        console.error(`${name} did not stop: ${String(error)}`);
      }
    }
  }
}
