import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { createApp } from '../../src/configure-app.js';
import { observe } from './conformance/observe.js';
import { Factories, type KeyHeaders } from './factories.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';
import { testEnvironment } from './test-environment.js';

export interface TestResponse {
  status: number;
  headers: Record<string, string | string[] | number | undefined>;
  text: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the assertion says which form the body has
  body: any;
}

export interface TestRequest {
  headers?: KeyHeaders;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent unchanged; name the media type in the headers. */
  raw?: string | Buffer;
}

/** The whole app on a new database. */
export interface World {
  app: NestFastifyApplication;
  databaseUrl: string;
  dataSource: DataSource;
  make: Factories;
  send(method: string, path: string, sent?: TestRequest): Promise<TestResponse>;
  count(table: string, where?: string): Promise<number>;
  close(): Promise<void>;
}

/**
 * @param variables that the test is about
 * @param prepare what the app finds in the database
 */
export async function createWorld(
  variables: Record<string, string> = {},
  prepare: (databaseUrl: string) => Promise<void> = () => Promise.resolve(),
): Promise<World> {
  const database = await createTestDatabase();
  await prepare(database.url);
  return worldOn(database, variables);
}

/** The same on a database that was prepared for the test. */
export async function worldOn(
  database: TestDatabase,
  variables: Record<string, string> = {},
): Promise<World> {
  const app = await createApp(testEnvironment(database.url, variables));
  await app.getHttpAdapter().getInstance().ready();
  const dataSource = app.get(DataSource);
  return {
    app,
    databaseUrl: database.url,
    dataSource,
    make: new Factories(app),
    send: (method, path, sent = {}) => send(app, method, path, sent),
    count: async (table, where = 'true') => {
      const [row] = await dataSource.query<[{ n: number }]>(
        `SELECT count(*)::int AS n FROM ${table} WHERE ${where}`,
      );
      return row.n;
    },
    close: async () => {
      await app.close();
      await database.drop();
    },
  };
}

async function send(
  app: NestFastifyApplication,
  method: string,
  url: string,
  sent: TestRequest,
): Promise<TestResponse> {
  const { headers = {}, body, raw } = sent;
  const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const type = raw === undefined && body !== undefined ? { 'content-type': 'application/json' } : {};
  const response = await app.inject({
    method: method as 'GET',
    url,
    headers: { ...type, ...headers },
    payload,
  });
  const text = response.payload;
  observe({
    method,
    url,
    sent: { ...type, ...headers },
    payload: payload?.toString(),
    status: response.statusCode,
    headers: response.headers,
    text,
  });
  const isJson = /^application\/(problem\+)?json/.test(String(response.headers['content-type']));
  return {
    status: response.statusCode,
    headers: response.headers,
    text,
    body: isJson ? JSON.parse(text) : undefined,
  };
}
