export { RecommendationModule } from './recommendation.module.js';
export { type ModelRecord, recordOf } from './training/model-record.js';
export { trainOnce } from './training/schedule.js';
export type { TrainingOutcome } from './training/training.js';
export {
  exportInteractions,
  importInteractions,
  type InteractionFormat,
} from './transfer/interaction-transfer.js';
