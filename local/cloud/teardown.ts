/** Stops what was started, last first, once, whatever fails during it. */

type Stop = () => void | Promise<void>;

export type Teardown = ReturnType<typeof openTeardown>;

export const openTeardown = () => {
  const steps: { readonly name: string; readonly stop: Stop }[] = [];
  let running: Promise<void> | undefined;
  const stopAll = async (): Promise<void> => {
    for (const { name, stop } of steps.toReversed()) {
      try {
        await stop();
      } catch (error) {
        console.error(`${name} did not stop: ${String(error)}`);
      }
    }
  };
  return {
    add: (name: string, stop: Stop): void => void steps.push({ name, stop }),
    run: (): Promise<void> => {
      running ??= stopAll();
      return running;
    },
  };
};
