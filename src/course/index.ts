export { CourseReader } from './application/course-reader.js';
export { CourseReindex, type ReindexProgress } from './application/course-reindex.js';
export { CourseTransfer } from './application/transfer/course-transfer.js';
export type { ImportOptions, ImportProgress } from './application/transfer/course-import.js';
export type { TextEncoding } from './application/transfer/text-encoding.js';
export { InteractionLog, type NewInteraction } from './application/interaction-log.js';
export { documentOf } from './domain/search-document.js';
export { CourseCore, CourseModule } from './course.module.js';
