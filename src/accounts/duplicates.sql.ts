/**
 * SQL that tells whether an account stands that counts as the same as a wish, by the rule of the wish's channel. Each
 * rule looks at an index of its own, whatever the number of accounts.
 * @param wish alias with the columns platform_id, channel, customer_id, currency_code, account_identifier, workspace_id,
 *   product_id, alias, duplicate_rule
 */
export function twinSql(wish: string): string {
  // Not EXISTS, for which the planner may read all accounts once instead of looking each one up.
  const exists = (channel: string, condition: string): string => `(SELECT true FROM accounts twin
      WHERE twin.platform_id = ${wish}.platform_id AND twin.channel = '${channel}' AND ${condition} LIMIT 1) IS NOT NULL`;
  const inWorkspace = `twin.workspace_id = ${wish}.workspace_id AND twin.status <> 'closed'
        AND twin.currency_code = ${wish}.currency_code`;
  return `CASE ${wish}.channel
    WHEN 'owner' THEN ${exists(
      'owner',
      `twin.customer_id = ${wish}.customer_id AND twin.currency_code = ${wish}.currency_code
        AND twin.status <> 'closed'`,
    )}
    WHEN 'platform' THEN ${exists('platform', `twin.account_identifier = ${wish}.account_identifier`)}
    ELSE CASE ${wish}.duplicate_rule
      WHEN 'one_per_currency' THEN ${exists('workspace', inWorkspace)}
      WHEN 'one_per_product_and_alias' THEN ${exists(
        'workspace',
        `${inWorkspace} AND twin.product_id = ${wish}.product_id AND twin.alias = ${wish}.alias`,
      )}
      ELSE false END
    END`;
}
