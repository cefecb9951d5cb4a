import { v7 } from 'uuid';

/** A time-ordered, URL-safe id (UUIDv7, RFC 9562): later ids of one process sort after earlier ones. */
export const newId = (): string => v7();
