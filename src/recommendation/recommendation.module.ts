import { Module } from '@nestjs/common';
import { CourseCore } from '../course/index.js';
import { CurrentModel } from './application/current-model.js';
import { InteractionService } from './application/interaction.service.js';
import { RecommendationService } from './application/recommendation.service.js';
import { Trainer } from './application/trainer.js';
import { RecommendationController } from './http/recommendation.controller.js';

/** What to take next, and why. */
@Module({
  imports: [CourseCore],
  controllers: [RecommendationController],
  providers: [CurrentModel, InteractionService, RecommendationService, Trainer],
})
export class RecommendationModule {}
