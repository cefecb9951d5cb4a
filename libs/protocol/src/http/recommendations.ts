import { z } from 'zod';
import { id, limit, repeated } from './common.js';
import { contract } from './contract.js';
import { category, courseLevel, courseListItem, language } from './course-schemas.js';

export const reason = z
  .object({
    kind: z.enum(['because', 'popular', 'trending', 'similar', 'new']),
    courseId: id.optional(),
    text: z.string().meta({ description: 'in the language of Accept-Language (zh, en)' }),
  })
  .meta({
    id: 'Reason',
    examples: [{ kind: 'because', courseId: '0199…', text: 'Because you took “Vue in practice”' }],
  });
export type ReasonView = z.output<typeof reason>;

export const recommendation = z
  .object({ course: courseListItem, score: z.number(), reason })
  .meta({ id: 'Recommendation' });
export type RecommendationView = z.output<typeof recommendation>;

export const recommendations = z
  .object({
    items: z.array(recommendation),
    model: z
      .string()
      .nullable()
      .meta({ description: 'version of the model: equal versions answer identically' }),
  })
  .meta({ id: 'Recommendations' });
export type RecommendationsView = z.output<typeof recommendations>;

const event = z.strictObject({
  type: z.enum(['view', 'enrol', 'complete', 'rate', 'hide', 'unhide']).meta({
    description: '`hide`: recommend this course no more; `unhide` takes it back',
  }),
  courseId: id,
  value: z
    .number()
    .nullable()
    .optional()
    .meta({ description: '1 to 5, of a rating; null, which is how JSON writes NaN, is refused' }),
  at: z.iso.datetime({ offset: true }).optional(),
  userId: id.optional().meta({ description: 'administrators only' }),
});
export type InteractionInput = z.output<typeof event>;

export const interactionsInput = z
  .strictObject({ events: z.array(event).min(1).max(1000) })
  .meta({ id: 'InteractionsInput', examples: [{ events: [{ type: 'view', courseId: '0199…' }] }] });

export const interactionsReport = z
  .object({
    accepted: z.number().int(),
    rejected: z.array(z.object({ index: z.number().int(), message: z.string() })),
  })
  .meta({ id: 'InteractionsReport', examples: [{ accepted: 2, rejected: [] }] });
export type InteractionsReport = z.output<typeof interactionsReport>;

const base = { tag: 'recommendations', access: 'public' } as const;
const query = z.strictObject({
  limit,
  category: repeated(category),
  language: repeated(language),
  level: repeated(courseLevel),
});
const personalQuery = query.extend({
  diversity: z.coerce.number().min(0).max(1).default(0).meta({
    description:
      'how much a course that resembles one further up is put back: 0 not at all, 1 resemblance alone decides (maximal marginal relevance)',
  }),
});
const responses = { 200: recommendations };
export type RecommendationQuery = z.output<typeof query>;
export type PersonalQuery = z.output<typeof personalQuery>;

export const recommend = contract({
  ...base,
  id: 'recommend',
  method: 'GET',
  path: 'recommendations',
  summary: 'For the caller; what is popular without a token',
  query: personalQuery,
  responses,
});
export const recommendPopular = contract({
  ...base,
  id: 'recommendPopular',
  method: 'GET',
  path: 'recommendations/popular',
  summary: 'What many take and rate well',
  query,
  responses,
});
export const recommendTrending = contract({
  ...base,
  id: 'recommendTrending',
  method: 'GET',
  path: 'recommendations/trending',
  summary: 'What is taken more of late',
  query,
  responses,
});
export const recommendSimilar = contract({
  ...base,
  id: 'recommendSimilar',
  method: 'GET',
  path: 'courses/:id/similar',
  summary: 'What those who took this course took as well',
  params: z.strictObject({ id: id.meta({ description: 'id or slug of a course' }) }),
  query,
  responses,
});
export const addInteractions = contract({
  tag: 'recommendations',
  access: 'signed-in',
  id: 'addInteractions',
  method: 'POST',
  path: 'interactions',
  summary: 'Report what the caller did with courses',
  body: interactionsInput,
  idempotent: true,
  responses: { 202: interactionsReport },
});

export const recommendationContracts = [
  recommend,
  recommendPopular,
  recommendTrending,
  recommendSimilar,
  addInteractions,
] as const;
