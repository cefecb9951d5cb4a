import {
  applyDecorators,
  Delete,
  Get,
  HttpCode,
  Patch,
  Post,
  Put,
  SetMetadata,
} from '@nestjs/common';
import type { Contract, Method } from '#libs/protocol';

export const CONTRACT = Symbol('contract');

const verbs: Record<Method, (path: string) => MethodDecorator> = {
  GET: Get,
  POST: Post,
  PUT: Put,
  PATCH: Patch,
  DELETE: Delete,
};

/** An object's integer keys come in ascending order: 201 (made) is the usual one where 200 (a repeat) stands beside it. */
const usualStatus = ({ responses }: Contract): number =>
  Math.max(...Object.keys(responses).map(Number));

/** Serves a contract: its method, path and usual status; `@Input()` then validates by it. */
export const Endpoint = (contract: Contract): MethodDecorator =>
  applyDecorators(
    verbs[contract.method](contract.path),
    HttpCode(usualStatus(contract)),
    SetMetadata(CONTRACT, contract),
  );

export const contractOf = (handler: object): Contract | undefined =>
  Reflect.getMetadata(CONTRACT, handler) as Contract | undefined;
