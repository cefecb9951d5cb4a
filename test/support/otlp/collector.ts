import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import protobuf from 'protobufjs';

interface KeyValue {
  key: string;
  value: { stringValue?: string; boolValue?: boolean; intValue?: string; doubleValue?: number };
}

interface WireSpan {
  traceId: Buffer;
  spanId: Buffer;
  parentSpanId?: Buffer;
  name: string;
  attributes?: KeyValue[];
  events?: { name: string; attributes?: KeyValue[] }[];
  status?: { code?: number };
}

interface Exported {
  resourceSpans: { resource: { attributes: KeyValue[] }; scopeSpans: { spans: WireSpan[] }[] }[];
}

/** A span as it was received; ids are hexadecimal. */
export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  /** Empty where it is the first of its trace. */
  parentId: string;
  name: string;
  attributes: Record<string, unknown>;
  events: { name: string; attributes: Record<string, unknown> }[];
  failed: boolean;
  service: Record<string, unknown>;
}

const request = protobuf
  .parse(readFileSync('test/support/otlp/trace.proto', 'utf8'))
  .root.lookupType('ExportTraceServiceRequest');

/** Receives traces as a collector does: OTLP over HTTP in protobuf. */
export class Collector {
  readonly spans: ReceivedSpan[] = [];

  private constructor(private readonly server: Server) {}

  /** `silent`: takes connections and never answers. */
  static async start({ silent = false } = {}): Promise<Collector> {
    const server = createServer();
    const collector = new Collector(server);
    server.on('request', (incoming: IncomingMessage, answer) => {
      if (silent) return;
      void collector.receive(incoming).then((status) => {
        answer.writeHead(status, { 'content-type': 'application/x-protobuf' }).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return collector;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  named(name: string): ReceivedSpan[] {
    return this.spans.filter((span) => span.name === name);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async receive(incoming: IncomingMessage): Promise<number> {
    const body = await buffer(incoming);
    if (incoming.method !== 'POST' || incoming.url !== '/v1/traces') return 404;
    if (incoming.headers['content-type'] !== 'application/x-protobuf') return 415;
    const plain = incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    const { resourceSpans } = request.toObject(request.decode(plain), {
      longs: String,
      bytes: Buffer,
    }) as Exported;
    for (const { resource, scopeSpans } of resourceSpans)
      for (const { spans } of scopeSpans)
        for (const span of spans) this.spans.push(received(span, valuesOf(resource.attributes)));
    return 200;
  }
}

const hex = (bytes: Buffer | undefined): string => (bytes ? bytes.toString('hex') : '');

const valuesOf = (attributes: readonly KeyValue[] = []): Record<string, unknown> =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? value.boolValue ?? value.doubleValue ?? Number(value.intValue),
    ]),
  );

const received = (span: WireSpan, service: Record<string, unknown>): ReceivedSpan => ({
  traceId: hex(span.traceId),
  spanId: hex(span.spanId),
  parentId: hex(span.parentSpanId),
  name: span.name,
  attributes: valuesOf(span.attributes),
  events: (span.events ?? []).map(({ name, attributes }) => ({
    name,
    attributes: valuesOf(attributes),
  })),
  failed: span.status?.code === 2,
  service,
});
