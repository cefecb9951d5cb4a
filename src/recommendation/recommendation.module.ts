import { Module } from '@nestjs/common';
import { CourseCore } from '../course/index.js';
import { CurrentModel } from './application/current-model.js';
import { DiscoveryService } from './application/discovery.service.js';
import { InteractionService } from './application/interaction.service.js';
import { RecommendableCourses } from './application/recommendable-courses.js';
import { RecommendationService } from './application/recommendation.service.js';
import { Showing } from './application/showing.js';
import { Trainer } from './application/trainer.js';
import { RecommendationController } from './http/recommendation.controller.js';

/** What to take next, and why. */
@Module({
  imports: [CourseCore],
  controllers: [RecommendationController],
  providers: [
    CurrentModel,
    DiscoveryService,
    InteractionService,
    RecommendableCourses,
    RecommendationService,
    Showing,
    Trainer,
  ],
})
export class RecommendationModule {}
