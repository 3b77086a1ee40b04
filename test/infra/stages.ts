/** The stages, with the settings of the example. */
import { settingsOf } from '../../lib/settings.ts';
import { type DeployedStage, local, type Stage, stageOf } from '../../lib/stages.ts';

/** A stage with the settings of the example, or others. */
export const stageWith = (name: DeployedStage, change: object = {}): Stage => {
  const { settings, problem } = settingsOf(name, 'tuntas.settings.example.json');
  if (!settings) throw new Error(problem);
  return stageOf(name, { ...settings, ...change });
};
export const stages = { local, dev: stageWith('dev'), prod: stageWith('prod') };
