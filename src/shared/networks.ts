import { BlockList, isIP } from 'node:net';

/** Whether text is a CIDR block of IPv4 or IPv6, such as `192.0.2.0/24` (RFC 4632, RFC 4291). */
export function isNetwork(text: string): boolean {
  const [, address = '', bits = ''] = /^([0-9a-fA-F.:]{2,45})\/(\d{1,3})$/.exec(text) ?? [];
  const family = isIP(address);
  return family !== 0 && Number(bits) <= (family === 4 ? 32 : 128);
}

/** Parsed CIDR blocks, for repeated lookups. */
export class Networks {
  private readonly list = new BlockList();

  constructor(blocks: readonly string[]) {
    for (const block of blocks) {
      const [base = '', bits = '0'] = block.split('/');
      this.list.addSubnet(base, Number(bits), isIP(base) === 6 ? 'ipv6' : 'ipv4');
    }
  }

  /** Whether an address lies in one of the blocks. An IPv4 address may come mapped into IPv6. */
  has(address: string): boolean {
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
    const family = isIP(plain);
    if (family === 0) return false;
    return this.list.check(plain, family === 6 ? 'ipv6' : 'ipv4');
  }
}

export function isInNetworks(address: string, networks: readonly string[]): boolean {
  return new Networks(networks).has(address);
}

/**
 * Whether every address of the first block is in one of the allowed blocks. An IPv4 block equals its IPv4-mapped IPv6
 * block (RFC 4291 §2.5.5.2), as in `Networks`.
 */
export function isWithinNetworks(network: string, networks: readonly string[]): boolean {
  const [base = ''] = network.split('/');
  const bits = mappedPrefixOf(network);
  return networks.some((outer) => mappedPrefixOf(outer) <= bits && new Networks([outer]).has(base));
}

/** The prefix length among the 128 bits of IPv6. */
function mappedPrefixOf(network: string): number {
  const [base = '', bits = '0'] = network.split('/');
  return Number(bits) + (isIP(base) === 4 ? 96 : 0);
}

/**
 * The part of an address that identifies a client: an IPv4 address, also one that is mapped into IPv6, or the /64 of an
 * IPv6 address, because one client may use each address of a /64 (RFC 6177).
 */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (isIP(plain) !== 6) return plain;
  const [head = '', tail] = plain.split('::');
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  const zeros = Array<string>(Math.max(8 - left.length - right.length, 0)).fill('0');
  const groups = [...left, ...zeros, ...right].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

/** An IPv4 address at the end stands for two groups, which are not in the first 64 bits. */
function groupsOf(text: string): string[] {
  return text
    .split(':')
    .filter(Boolean)
    .flatMap((group) => (group.includes('.') ? ['0', '0'] : [group]));
}
