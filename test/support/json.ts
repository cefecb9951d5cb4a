/**
 * A parsed body of any answer or event: the union of their fields, none of them certain. A field
 * that is not there fails the assertion that looks at it.
 */
export interface Json {
  id: string;
  type: string;
  name: string;
  title: string;
  slug: string;
  code: string;
  detail: string;
  instance: string;
  status: unknown;
  value: unknown;
  errors: { path: string; message: string }[];
  items: Json[];
  next: string | null;
  total: number;
  count: number;
  facets: Record<string, { value: string; count: number }[]>;
  // identity
  user: Json;
  username: string;
  bio: string;
  roles: string[];
  accessToken: string;
  refreshToken: string;
  expiresIn: number;
  createdAt: string;
  presence: { online: boolean; lastSeenAt?: string };
  // courses and recommendations
  score: number;
  course: Json;
  courseId: string;
  summary: string;
  level: string;
  language: string;
  category: string;
  tags: string[];
  lessons: { id: string; title: string; minutes: number }[];
  lessonCount: number;
  minutes: number;
  rating: { average: number; count: number };
  enrolments: number;
  version: number;
  progress: number;
  completedLessons: string[];
  enrolledAt: string;
  highlights: Record<string, string>;
  created: number;
  updated: number;
  unchanged: number;
  failed: number;
  accepted: number;
  rejected: unknown[];
  reason: { kind: string; text: string; courseId?: string };
  model: string | null;
  // rooms
  kind: string;
  role: string | null;
  room: string;
  head: number;
  first: number;
  epoch: string;
  seq: number;
  unread: number;
  lastReadSeq: number;
  duplicate: boolean;
  cid: string;
  text: string;
  sender: { id: string; name: string };
  mentions: string[];
  replyTo: string;
  reactions: Record<string, string[]>;
  deleted: boolean;
  editedAt: string;
  target: string;
  emoji: string;
  on: boolean;
  by: string;
  at: string;
  until: string;
  message: Json;
  connections: number;
  since: string;
  // health and descriptions
  modules: string[];
  replica: string;
  stores: Record<string, { adapter: string; reachable: boolean; durability: string }>;
  openapi: string;
  asyncapi: string;
  paths: Record<string, object>;
}
