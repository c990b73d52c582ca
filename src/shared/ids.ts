import { randomBytes, randomInt } from 'node:crypto';

const PUBLIC_ID_ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const PUBLIC_ID_LENGTH = 16;

/** Digits before the check digit in an account number: room for 10^11 accounts. */
const ACCOUNT_NUMBER_DIGITS = 11;

/** `acc_` and 16 random characters of `0-9A-Z` (82 bits): it reveals nothing about other accounts. */
export function randomAccountId(): string {
  let id = 'acc_';
  for (let i = 0; i < PUBLIC_ID_LENGTH; i++) {
    id += PUBLIC_ID_ALPHABET.charAt(randomInt(PUBLIC_ID_ALPHABET.length));
  }
  return id;
}

/** `bytes` random bytes as base64url, without padding. */
export function randomToken(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}

/**
 * The account number: the sequence value in 11 digits and a Luhn check digit (ISO/IEC 7812-1, annex B), so that one
 * mistyped digit or two transposed neighbours never name another account.
 */
export function toAccountNumber(sequence: string): string {
  const digits = sequence.padStart(ACCOUNT_NUMBER_DIGITS, '0');
  return digits + luhnCheckDigit(digits);
}

export function luhnCheckDigit(digits: string): string {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const weighted = i % 2 === 0 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return String((10 - (sum % 10)) % 10);
}
