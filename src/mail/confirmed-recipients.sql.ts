import { addressKeySql } from './address-key.js';

/**
 * An SQL expression: the confirmed ones of an array of addresses, in its order and spelling.
 * @param addresses an expression of type `text[]`; `$1` is the platform
 */
export function confirmedOf(addresses: string): string {
  return `ARRAY(SELECT named.address FROM unnest(${addresses}) WITH ORDINALITY AS named(address, number)
      JOIN email_addresses known ON known.platform_id = $1::bigint
        AND known.address = ${addressKeySql('named.address')} AND known.status = 'confirmed'
      ORDER BY named.number)`;
}
