import type { EntityManager } from 'typeorm';

/** Sums of the posted balances of a platform in one currency, in minor units. */
export interface LedgerSums {
  platformId: string;
  currencyCode: string;
  decimals: number;
  accounts: number;
  /** Sum of the balances below zero. */
  debitsMinor: bigint;
  /** Sum of the balances above zero. */
  creditsMinor: bigint;
  /** Sum of the customers' accounts, which may not be below zero. */
  customersMinor: bigint;
  /** Sum of the settlement accounts. */
  settlementMinor: bigint;
  lockedMinor: bigint;
}

const BATCH = 50_000;
const ALL = '9223372036854775807';

/** Sums one batch; an empty result is the end. One statement over all balances would exceed the statement timeout. */
const BATCH_SQL = `WITH batch AS MATERIALIZED (
    SELECT platform_id, account_id, currency_code, may_be_negative, posted_minor, locked_minor FROM balances
    WHERE (platform_id, account_id) > ($1::bigint, $2::bigint) AND platform_id <= $3::bigint
    ORDER BY platform_id, account_id LIMIT ${BATCH}
  ), last AS (
    SELECT platform_id, account_id FROM batch ORDER BY platform_id DESC, account_id DESC LIMIT 1
  )
  SELECT batch.platform_id AS "platformId", batch.currency_code AS "currencyCode",
    COALESCE(currency.decimals, 0) AS decimals,
    count(*)::int AS accounts,
    COALESCE(sum(posted_minor) FILTER (WHERE posted_minor < 0), 0)::text AS "debitsMinor",
    COALESCE(sum(posted_minor) FILTER (WHERE posted_minor > 0), 0)::text AS "creditsMinor",
    COALESCE(sum(posted_minor) FILTER (WHERE NOT may_be_negative), 0)::text AS "customersMinor",
    COALESCE(sum(posted_minor) FILTER (WHERE may_be_negative), 0)::text AS "settlementMinor",
    sum(locked_minor)::text AS "lockedMinor",
    last.platform_id AS "lastPlatformId", last.account_id AS "lastAccountId"
  FROM batch CROSS JOIN last LEFT JOIN currencies currency ON currency.code = batch.currency_code
  GROUP BY batch.platform_id, batch.currency_code, currency.decimals, last.platform_id, last.account_id`;

const SUMS = ['debitsMinor', 'creditsMinor', 'customersMinor', 'settlementMinor', 'lockedMinor'] as const;

type BatchRow = Pick<LedgerSums, 'platformId' | 'currencyCode' | 'decimals' | 'accounts'> &
  Record<(typeof SUMS)[number] | 'lastPlatformId' | 'lastAccountId', string>;

/**
 * Sums balances per platform and currency, ordered by both.
 * @param tx a snapshot transaction (snapshot.ts), so that all batches see the same moment
 * @param platformId `null`: every platform
 */
export async function sumBalances(tx: EntityManager, platformId: string | null): Promise<LedgerSums[]> {
  const sums = new Map<string, LedgerSums>();
  let after = [platformId ?? '-1', '0'];
  for (;;) {
    const rows = await tx.query<BatchRow[]>(BATCH_SQL, [...after, platformId ?? ALL]);
    const [first] = rows;
    if (first === undefined) return [...sums.values()].sort(byPlatformAndCurrency);
    for (const row of rows) add(sums, row);
    after = [first.lastPlatformId, first.lastAccountId];
  }
}

function add(sums: Map<string, LedgerSums>, row: BatchRow): void {
  const { platformId, currencyCode, decimals, accounts } = row;
  const key = `${platformId} ${currencyCode}`;
  const known = sums.get(key);
  const added = Object.fromEntries(
    SUMS.map((name) => [name, (known?.[name] ?? 0n) + BigInt(row[name])]),
  ) as Record<(typeof SUMS)[number], bigint>;
  sums.set(key, {
    platformId,
    currencyCode,
    decimals,
    accounts: (known?.accounts ?? 0) + accounts,
    ...added,
  });
}

function byPlatformAndCurrency(a: LedgerSums, b: LedgerSums): number {
  return Number(a.platformId) - Number(b.platformId) || (a.currencyCode < b.currencyCode ? -1 : 1);
}
