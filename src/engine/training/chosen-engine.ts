/** An engine with the reason for it, as shown to the user. */
import type { EngineCard } from '../../shared/model-card.ts';
import type { Engine } from '../backends/engine.ts';

export interface ChosenEngine {
  readonly engine: Engine;
  readonly reason: string;
}

export const engineCard = ({ engine, reason }: ChosenEngine): EngineCard => ({
  kind: engine.info.kind,
  build: engine.info.build,
  ...(engine.info.adapter === undefined ? {} : { adapter: engine.info.adapter }),
  reason,
});
