/**
 * SQL of a boolean: whether a duplicate of the request exists, by the rule of the request's channel. Each rule is one
 * index lookup, independent of the number of accounts.
 * @param request alias with the columns platform_id, channel, customer_id, currency_code, account_identifier,
 *   workspace_id, product_id, alias, duplicate_rule
 */
export function duplicateSql(request: string): string {
  // A scalar subquery instead of EXISTS: for EXISTS the planner may hash all accounts instead of using the index.
  const exists = (channel: string, condition: string): string => `(SELECT true FROM accounts existing
      WHERE existing.platform_id = ${request}.platform_id AND existing.channel = '${channel}' AND ${condition} LIMIT 1) IS NOT NULL`;
  const inWorkspace = `existing.workspace_id = ${request}.workspace_id AND existing.status <> 'closed'
        AND existing.currency_code = ${request}.currency_code`;
  return `CASE ${request}.channel
    WHEN 'owner' THEN ${exists(
      'owner',
      `existing.customer_id = ${request}.customer_id AND existing.currency_code = ${request}.currency_code
        AND existing.status <> 'closed'`,
    )}
    WHEN 'platform' THEN ${exists('platform', `existing.account_identifier = ${request}.account_identifier`)}
    ELSE CASE ${request}.duplicate_rule
      WHEN 'one_per_currency' THEN ${exists('workspace', inWorkspace)}
      WHEN 'one_per_product_and_alias' THEN ${exists(
        'workspace',
        `${inWorkspace} AND existing.product_id = ${request}.product_id AND existing.alias = ${request}.alias`,
      )}
      ELSE false END
    END`;
}
