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

/** Serves a contract: its method, path and usual status; `@Input()` then validates by it. */
export const Endpoint = (contract: Contract): MethodDecorator =>
  applyDecorators(
    verbs[contract.method](contract.path),
    HttpCode(Number(Object.keys(contract.responses)[0])),
    SetMetadata(CONTRACT, contract),
  );

export const contractOf = (handler: object): Contract | undefined =>
  Reflect.getMetadata(CONTRACT, handler) as Contract | undefined;
