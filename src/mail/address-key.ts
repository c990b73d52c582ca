/**
 * The form in which addresses are compared: ASCII letters in lower case, as `addressKeySql`.
 * Otherwise another spelling of an address would have limits of its own.
 */
export function addressKey(address: string): string {
  return address.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The same of an SQL expression of type `text`. */
export const addressKeySql = (address: string): string => `lower(${address} COLLATE "C")`;
