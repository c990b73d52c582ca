import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { exactNumber, InexactNumber } from '../shared/decimal.js';
import { AppError } from '../shared/app-error.js';

export const BODY_LIMIT_BYTES = 64 * 1024;
/** Deeper than any body of ours by far, and shallow enough for every later step to recurse into. */
const MAX_DEPTH = 16;
/** Names that no object of a body may have, so that none ever reaches a prototype. */
export const POLLUTING_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** JSON, one object a line. */
export const NDJSON_TYPE = 'application/x-ndjson';

/**
 * Keeps every body as bytes, and NDJSON, whose length is unlimited, as a stream. Bodies are parsed after the guards, so
 * that an unauthenticated caller learns nothing from parse errors, and so that a retry can be compared with the first
 * request byte by byte.
 */
export function keepBodiesRaw(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  fastify.addContentTypeParser(NDJSON_TYPE, (_request, body, done) => {
    done(null, body);
  });
}

interface RawBody {
  body?: unknown;
  headers: { 'content-type'?: string | undefined };
}

/**
 * Members of all objects of a body, more than any request has. A body of 64 KiB has room for 10,000, and parsing their
 * names takes longer than everything else that is done for a request.
 */
const MAX_MEMBERS = 4_000;

/**
 * The JSON object of a body.
 * @throws AppError media_type_unsupported, body_malformed, payload_too_large for too many members
 */
export function readJsonObject(request: RawBody): Record<string, unknown> {
  return parseJsonObject(readText(request, /^application\/(?:[\w.+-]+\+)?json$/));
}

/**
 * The JSON object of one line.
 * @throws AppError body_malformed, payload_too_large for too many members
 */
export function readJsonLine(bytes: Buffer): Record<string, unknown> {
  return parseJsonObject(decode(bytes));
}

/**
 * The bytes of a body of lines, as they come; what is not read before their reader returns is thrown away.
 * @throws AppError media_type_unsupported; while they are read, body_malformed when they break off
 */
export function chunksOf({ body }: RawBody): AsyncIterable<Buffer> {
  if (!(body instanceof Readable)) throw new AppError('media_type_unsupported');
  return readChunks(body);
}

async function* readChunks(body: Readable): AsyncGenerator<Buffer> {
  try {
    // Destroying it would take the connection away, over which the answer goes.
    for await (const chunk of body.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
  } catch (error) {
    throw new AppError('body_malformed', {}, { cause: error });
  } finally {
    body.resume();
  }
}

function parseJsonObject(text: string): Record<string, unknown> {
  const colons = countColons(text);
  if (colons > MAX_MEMBERS && countWrittenMembers(text) > MAX_MEMBERS)
    throw new AppError('payload_too_large');
  let value: unknown;
  try {
    value = parseExactly(text);
  } catch (error) {
    throw new AppError('body_malformed', {}, { cause: error });
  }
  if (isAnyRepeated(text, colons, countPlainMembers(value, 0))) throw new AppError('body_malformed');
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new AppError('body_malformed');
  return value as Record<string, unknown>;
}

/**
 * The fields of a form (`application/x-www-form-urlencoded`).
 * @throws AppError media_type_unsupported, body_malformed (also for a field that occurs twice, RFC 6749 §3.2)
 */
export function readForm(request: RawBody): Record<string, string> {
  const entries = [...new URLSearchParams(readText(request, /^application\/x-www-form-urlencoded$/))];
  const fields = Object.fromEntries(entries);
  if (Object.keys(fields).length !== entries.length) throw new AppError('body_malformed');
  return fields;
}

function readText({ body, headers }: RawBody, mediaType: RegExp): string {
  const given = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (body instanceof Readable) throw new AppError('media_type_unsupported');
  if (!Buffer.isBuffer(body) || body.length === 0) throw new AppError('body_malformed');
  if (given === undefined || !mediaType.test(given)) throw new AppError('media_type_unsupported');
  return decode(body);
}

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw new AppError('body_malformed', {}, { cause: error });
  }
}

/** Anything shorter, without an exponent, is exact: a double holds every decimal of 15 digits. */
const MAY_BE_INEXACT = /\d[\d.]{15}|\d[eE]/;

/**
 * JSON with exact numbers; a number that JavaScript cannot hold exactly becomes an `InexactNumber`, which no field
 * accepts.
 */
function parseExactly(text: string): unknown {
  if (!MAY_BE_INEXACT.test(text)) return JSON.parse(text);
  const revive = (_key: string, value: unknown, context: { source?: string }): unknown =>
    typeof value === 'number' ? exactNumber(value, context.source ?? '') : value;
  return JSON.parse(text, revive as (key: string, value: unknown) => unknown);
}

/**
 * How many members the objects of a value have, at any depth.
 * @throws AppError body_malformed when one has a name that may reach a prototype, or it is too deep
 */
function countPlainMembers(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null || value instanceof InexactNumber) return 0;
  if (depth >= MAX_DEPTH) throw new AppError('body_malformed');
  let members = 0;
  if (Array.isArray(value)) {
    for (const item of value) members += countPlainMembers(item, depth + 1);
    return members;
  }
  // Every enumerable name is the object's own, because JSON.parse made it.
  for (const key in value) {
    if (POLLUTING_KEYS.has(key)) throw new AppError('body_malformed');
    members += 1 + countPlainMembers((value as Record<string, unknown>)[key], depth + 1);
  }
  return members;
}

const QUOTE = '"'.charCodeAt(0);
const BACKSLASH = '\\'.charCodeAt(0);
const COLON = ':'.charCodeAt(0);

/**
 * Whether a JSON object has a duplicate name: `JSON.parse` keeps the last value, but an intermediary may keep the first
 * (RFC 8259 §4), so the two would read different requests. It compares the number of names in the text with the number
 * of parsed members.
 * @param text valid JSON
 * @param colons in the text
 * @param members number of members that were parsed
 */
function isAnyRepeated(text: string, colons: number, members: number): boolean {
  return colons !== members && countWrittenMembers(text) !== members;
}

/** No fewer than there are members: each is written with one, and texts may hold more. */
function countColons(text: string): number {
  let colons = 0;
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) colons++;
  return colons;
}

/** The colons outside of texts. */
function countWrittenMembers(text: string): number {
  let members = 0;
  let isInText = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    // The character after it is part of the text.
    if (character === BACKSLASH) at++;
    else if (character === QUOTE) isInText = !isInText;
    else if (character === COLON && !isInText) members++;
  }
  return members;
}
