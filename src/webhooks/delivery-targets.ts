import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Environment } from '../config/env.js';
import { Networks } from '../shared/networks.js';

/**
 * Networks outside the public internet (IANA special-purpose registry), or that embed addresses which may be outside
 * it.
 */
const SPECIAL_IPV4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15'],
  ...['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
];
/** All other IPv6 addresses are loopback, link-local, unique local, multicast, or embed an IPv4 address. */
const GLOBAL_IPV6 = '2000::/3';
/** IETF protocol assignments including Teredo, documentation, 6to4, documentation. */
const SPECIAL_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const LOCALHOST = /(^|\.)localhost\.?$/;

/** The call was not made, because its target is not allowed. */
export class TargetRefused extends Error {
  readonly code = 'TARGET_NOT_ALLOWED';
}

/** DNS lookup. A separate class, so that a test can replace it. */
export class NameResolver {
  resolve(name: string): Promise<LookupAddress[]> {
    return lookup(name, { all: true });
  }
}

/** Allowed targets of webhooks: the public internet, and the networks of WEBHOOK_ALLOWED_NETWORKS. */
@Injectable()
export class DeliveryTargets {
  private readonly allowed: Networks;
  private readonly protocols: readonly string[];
  private readonly special4 = new Networks(SPECIAL_IPV4);
  private readonly special6 = new Networks(SPECIAL_IPV6);
  private readonly global6 = new Networks([GLOBAL_IPV6]);

  constructor(
    { webhookAllowedNetworks, isDemo }: Environment,
    private readonly names: NameResolver,
  ) {
    this.allowed = new Networks(webhookAllowedNetworks);
    this.protocols = isDemo ? ['https:', 'http:'] : ['https:'];
  }

  /**
   * The problem with a target URL; `null`: none. Checks the URL itself; the addresses of a host name are checked by
   * `lookup` for each connection.
   */
  problemOf(text: string): string | null {
    if (!URL.canParse(text)) return 'must be a URL';
    const { protocol, username, password, hostname } = new URL(text);
    if (!this.protocols.includes(protocol))
      return `must begin with ${this.protocols.map((name) => `${name}//`).join(' or ')}`;
    if (username !== '' || password !== '') return 'must not hold a user name or a password';
    const host = LOCALHOST.test(hostname) ? '127.0.0.1' : hostname.replace(/^\[(.*)\]$/, '$1');
    if (isIP(host) !== 0 && !this.permits(host)) return 'must not name a private or special address';
    return null;
  }

  permits(address: string): boolean {
    return this.allowed.has(address) || this.isPublic(address);
  }

  /**
   * Resolves a host name to its permitted addresses only. The connection uses the addresses that were checked, so a
   * later change of the DNS record has no effect (DNS rebinding).
   */
  readonly lookup: LookupFunction = (name, options, callback) => {
    this.permittedOf(name).then(
      (addresses) => {
        const [first] = addresses;
        if (options.all === true) callback(null, addresses);
        else callback(null, first?.address ?? '', first?.family);
      },
      (error: unknown) => {
        callback(error as NodeJS.ErrnoException, []);
      },
    );
  };

  private async permittedOf(name: string): Promise<LookupAddress[]> {
    const permitted = (await this.names.resolve(name)).filter(({ address }) => this.permits(address));
    if (permitted.length === 0) throw new TargetRefused('the name means no address that may be called');
    return permitted;
  }

  private isPublic(address: string): boolean {
    if (isIP(address) === 4) return !this.special4.has(address);
    // Refuses a link-local address with a zone, and an IPv6 address in dotted notation, which embeds an IPv4 address.
    if (isIP(address) === 0 || /%|\./.test(address)) return false;
    return this.global6.has(address) && !this.special6.has(address);
  }
}
