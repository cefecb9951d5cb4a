import {
  type Attributes,
  context,
  propagation,
  type Span,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

export const tracer = () => trace.getTracer('maxiaoke');

/** Tells the span that is under way, if one is, of what went wrong in it. */
export function recordError(error: unknown): void {
  const span = trace.getActiveSpan();
  if (span) fail(span, error);
}

export function fail(span: Span, error: unknown): void {
  span.recordException(error as Error);
  span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
}

/** `work` within a span, which ends when its promise does; a failure is told and passed on. */
export function within<T>(name: string, attributes: Attributes, work: () => T): T {
  return tracer().startActiveSpan(name, { attributes }, (span) => {
    try {
      const result = work();
      if (!(result instanceof Promise)) {
        span.end();
        return result;
      }
      return result.then(
        (value: unknown) => {
          span.end();
          return value;
        },
        (error: unknown) => {
          fail(span, error);
          span.end();
          throw error;
        },
      ) as T;
    } catch (error) {
      fail(span, error);
      span.end();
      throw error;
    }
  });
}

/** `fetch` within a span, told to whoever is asked by `traceparent`. */
export function tracedFetch(url: string, options: RequestInit): Promise<Response> {
  const attributes = { 'http.request.method': options.method ?? 'GET', 'url.full': url };
  return within('fetch', attributes, () => {
    const headers = new Headers(options.headers);
    propagation.inject(context.active(), headers, {
      set: (carrier, name, value) => carrier.set(name, value),
    });
    return fetch(url, { ...options, headers });
  });
}

/** A method that is seldom called, within a span of this name. Without a collector the API does nothing. */
export const Traced =
  (name: string) =>
  <F extends (...given: never[]) => unknown>(
    _target: object,
    _method: string,
    descriptor: TypedPropertyDescriptor<F>,
  ): void => {
    const { value } = descriptor;
    if (!value) return;
    descriptor.value = function (this: unknown, ...given: never[]) {
      return within(name, {}, () => value.apply(this, given));
    } as F;
  };
