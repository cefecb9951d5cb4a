import { listItemExample } from './course-examples.js';
import type { OperationExamples } from './operation-examples.js';

const id = '0199b3a4-7c00-7aaa-8f00-2f1c5d9e0003';
const user = {
  id,
  username: 'mei',
  name: '小美',
  roles: ['student'],
  createdAt: '2026-01-31T08:00:00.000Z',
};
const refreshToken = 'q8Zt0cV1…';
const session = { user, accessToken: 'eyJhbGciOi…', refreshToken, expiresIn: 900 };
const profile = {
  id,
  username: 'mei',
  name: '小美',
  presence: { online: false, lastSeenAt: '2026-02-09T08:00:00.000Z' },
};

const query = { limit: 10, category: ['programming'] };
const recommended = (kind: string, text: string, more: object = {}) => ({
  items: [{ course: listItemExample, score: 0.82, reason: { kind, text, ...more } }],
  model: '5f2b8c91d04e',
});

/** Identity and recommendations. */
export const peopleExamples: Readonly<Record<string, OperationExamples>> = {
  register: {
    body: { username: 'mei', password: 'correct horse', name: '小美' },
    responses: { 201: session },
    problems: ['conflict', 'forbidden'],
  },
  login: {
    body: { username: 'mei', password: 'correct horse' },
    responses: { 200: session },
    problems: ['bad_credentials'],
  },
  refresh: {
    body: { refreshToken },
    responses: { 200: { ...session, refreshToken: 'b7Yw2dK9…' } },
    problems: ['refresh_reused'],
  },
  logout: { body: { refreshToken }, responses: {} },
  getMe: { responses: { 200: user } },
  patchMe: {
    body: { name: '小美', bio: 'Learning Vue.', avatarUrl: null },
    responses: { 200: { ...user, bio: 'Learning Vue.' } },
  },
  getUser: { params: { id }, responses: { 200: profile } },
  recommend: {
    query,
    responses: {
      200: recommended('because', 'Because you took “Vue in practice”', {
        courseId: listItemExample.id,
      }),
    },
  },
  recommendPopular: { query, responses: { 200: recommended('popular', 'Popular') } },
  recommendTrending: { query, responses: { 200: recommended('trending', 'Trending') } },
  recommendSimilar: {
    params: { id: 'vue-in-practice' },
    query,
    responses: { 200: recommended('similar', 'Similar') },
  },
  addInteractions: {
    body: { events: [{ type: 'view', courseId: listItemExample.id }] },
    responses: { 202: { accepted: 1, rejected: [] } },
    problems: ['forbidden'],
  },
};
