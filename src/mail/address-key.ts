/**
 * The form in which addresses are compared: ASCII letters in lower case, as PostgreSQL's `lower(address COLLATE "C")`.
 * Otherwise another spelling of an address would have limits of its own.
 */
export function addressKey(address: string): string {
  return address.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
