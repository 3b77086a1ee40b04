/** Plays the rides of the demo, each with a separate rider. */
import type { RideNotification } from '../../client/index.ts';
import type { Ready } from '../cloud/ready.ts';
import { type SimulatedDriver, simulatedDriver } from '../people/driver.ts';
import { personOf } from '../people/people.ts';
import { paid } from './paid.ts';
import { type Play, type Scene, type Stage, scenes as unpaid, until } from './scenes.ts';

/** The story of the first is printed. */
const scenes: readonly Scene[] = [paid, ...unpaid];

const played = async (scene: Scene, stage: Stage, number: number) => {
  const { ready, run } = stage;
  const surprises: string[] = [];
  const drivers: SimulatedDriver[] = [];
  const notifications: RideNotification[] = [];
  const rider = personOf(ready, 'rider', `rider${number}-${run}`);
  const realtime = rider.connect();
  realtime.on('notification', (notification) => void notifications.push(notification));
  const play: Play = {
    rider,
    notifications,
    driver: async (name, behaviour) => {
      const driver = await simulatedDriver(ready, { id: `${name}-${run}`, behaviour });
      drivers.push(driver);
      return driver;
    },
    check: (isSo, otherwise) => void (isSo || surprises.push(`${scene.title}: ${otherwise}`)),
  };
  try {
    await until('the rider is connected', () => realtime.state() === 'open');
    const { rideId, end } = await scene.play(play, stage);
    return { rideId, lines: [`${scene.title}`, `   ${rideId}: ${end}`], surprises };
  } catch (error) {
    surprises.push(`${scene.title}: ${error instanceof Error ? error.message : error}`);
    return { lines: [scene.title], surprises };
  } finally {
    realtime.close();
    await Promise.allSettled(drivers.map(({ stop }) => stop()));
  }
};

/** Plays all of them at once. @returns what was surprising, and the story of the first. */
export const play = async (ready: Ready, print: (line: string) => void) => {
  const run = Date.now().toString(36);
  const operator = personOf(ready, 'operator', `operator-${run}`);
  const results = await Promise.all(
    scenes.map(async (scene, i) => {
      const result = await played(scene, { ready, operator, run }, i + 1);
      for (const [n, line] of result.lines.entries())
        print(n === 0 ? `${result.surprises.length === 0 ? 'ok ' : '?? '}${line}` : line);
      return result;
    }),
  );
  const first = results[0]?.rideId;
  const surprises = results.flatMap((result) => result.surprises);
  if (!first) throw new Error(surprises.join('\n'));
  return { surprises, story: await operator.story(first) };
};
