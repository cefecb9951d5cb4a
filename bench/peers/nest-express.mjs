import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  BadRequestException,
  Controller,
  Get,
  Module,
  NotFoundException,
  Param,
  Query,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { z } from 'zod';

// Courses as a team writes them first: Nest on Express, an array in memory that stands in order and a map by
// id and slug, a query checked by a schema. Express makes the ETag of each answer and compares it.
// Decorators are applied by hand, so that this runs as it stands.
const { items: courses, courses: whole } = JSON.parse(readFileSync(process.env.CATALOGUE, 'utf8'));
const byName = new Map(
  whole.flatMap((course) => [course.id, course.slug].map((name) => [name, course])),
);

const querySchema = z.strictObject({
  category: z.string().optional(),
  level: z.enum(['beginner', 'intermediate', 'advanced']).optional(),
  language: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  offset: z.coerce.number().int().min(0).default(0),
});

class CoursesController {
  list(given) {
    const parsed = querySchema.safeParse(given);
    if (!parsed.success) throw new BadRequestException(parsed.error.issues);
    const { limit, offset, ...filter } = parsed.data;
    const wanted = Object.entries(filter);
    const found =
      wanted.length === 0
        ? courses
        : courses.filter((course) => wanted.every(([field, value]) => course[field] === value));
    const end = offset + limit;
    return {
      items: found.slice(offset, end),
      next: end < found.length ? String(end) : null,
      total: found.length,
    };
  }

  get(name) {
    const course = byName.get(name);
    if (!course) throw new NotFoundException();
    return course;
  }
}
Query()(CoursesController.prototype, 'list', 0);
const { prototype } = CoursesController;
Get()(prototype, 'list', Object.getOwnPropertyDescriptor(prototype, 'list'));
Param('name')(prototype, 'get', 0);
Get(':name')(prototype, 'get', Object.getOwnPropertyDescriptor(prototype, 'get'));
Controller('courses')(CoursesController);

class AppModule {}
Module({ controllers: [CoursesController] })(AppModule);

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
app.disable('x-powered-by');
app.use((request, response, next) => {
  response.setHeader('X-Request-Id', request.headers['x-request-id'] ?? randomUUID());
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Frame-Options', 'SAMEORIGIN');
  response.setHeader('Referrer-Policy', 'no-referrer');
  next();
});
app.setGlobalPrefix('api/v1');
await app.listen(Number(process.env.PORT), process.env.HOST);
process.on('SIGTERM', () => process.exit(0));
