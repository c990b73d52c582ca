SELECT fallen.number::int, alert.id, alert.display_name AS "displayName",
      alert.threshold_minor AS "thresholdMinor"
    FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[]), (SELECT $3::bigint[]), (SELECT $4::bigint[])) WITH ORDINALITY AS fallen(platform_id, account_id, before, after, number)
    JOIN low_balance_alerts alert ON alert.platform_id = fallen.platform_id AND alert.account_id = fallen.account_id
      AND alert.threshold_minor <= fallen.before AND alert.threshold_minor > fallen.after
    ORDER BY alert.threshold_minor DESC
