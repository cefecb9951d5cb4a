export { CourseReader } from './application/course-reader.js';
export { CourseReindex } from './application/course-reindex.js';
export { CourseTransfer } from './application/course-transfer.js';
export { InteractionLog, type NewInteraction } from './application/interaction-log.js';
export { documentOf } from './domain/search-document.js';
export { CourseCore, CourseModule } from './course.module.js';
