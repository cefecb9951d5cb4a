import { Module } from '@nestjs/common';
import { BackgroundReindex } from './application/background-reindex.js';
import { CatalogueChanges } from './application/catalogue-changes.js';
import { CatalogueService } from './application/catalogue.service.js';
import { CourseReindex } from './application/course-reindex.js';
import { CourseReader } from './application/course-reader.js';
import { CourseIndex } from './application/course-index.js';
import { CourseTransfer } from './application/transfer/course-transfer.js';
import { CourseService } from './application/course.service.js';
import { InteractionLog } from './application/interaction-log.js';
import { LearningService } from './application/learning.service.js';
import { synonymsProvider } from './application/synonyms.js';
import { CourseController } from './http/course.controller.js';
import { LearningController } from './http/learning.controller.js';
import { TransferController } from './http/transfer.controller.js';

/** What other modules read of courses, also where this process does not serve them. */
@Module({
  providers: [CatalogueChanges, CourseReader, InteractionLog],
  exports: [CatalogueChanges, CourseReader, InteractionLog],
})
export class CourseCore {}

/** The catalogue and its learners. */
@Module({
  imports: [CourseCore],
  controllers: [TransferController, CourseController, LearningController],
  providers: [
    BackgroundReindex,
    CatalogueService,
    CourseIndex,
    CourseReindex,
    CourseService,
    CourseTransfer,
    LearningService,
    synonymsProvider,
  ],
})
export class CourseModule {}
