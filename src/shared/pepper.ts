import { createHmac } from 'node:crypto';

/** Length in bytes of a pepper's check value, which precedes a hash made under it. */
export const TAG_BYTES = 4;
/** HMAC-SHA-256. */
export const DIGEST_BYTES = 32;

/** Distinguishes peppers without disclosing them: HMAC-SHA-256 of a fixed text. */
export function checkValueOf(pepper: string): Buffer {
  return createHmac('sha256', pepper).update('vostro pepper check').digest();
}

/** Names the pepper that a hash was made under. */
export function tagOf(pepper: string): Buffer {
  return checkValueOf(pepper).subarray(0, TAG_BYTES);
}
