/** A delivery on which this process holds the lease, with the data of its call. */
export interface ClaimedDelivery {
  platformId: string;
  id: string;
  endpointId: string;
  objectId: string;
  claimedUntil: Date;
  failingSince: Date | null;
  url: string;
  secret: Buffer;
  previousSecret: Buffer | null;
  previousSecretExpiresAt: Date | null;
  eventId: string;
  type: string;
  data: unknown;
  occurredAt: Date;
}

/** SQL that reads a `ClaimedDelivery` for each row of `claimed`. */
const CLAIMED_SQL = `SELECT d.platform_id AS "platformId", d.id, d.endpoint_id AS "endpointId",
    d.object_id AS "objectId", d.claimed_until AS "claimedUntil", d.failing_since AS "failingSince",
    endpoint.url, endpoint.secret, endpoint.previous_secret AS "previousSecret",
    endpoint.previous_secret_expires_at AS "previousSecretExpiresAt",
    event.id AS "eventId", event.type, event.data, event.occurred_at AS "occurredAt"
  FROM claimed d
  JOIN webhook_endpoints endpoint ON endpoint.platform_id = d.platform_id AND endpoint.id = d.endpoint_id
  JOIN events event ON event.platform_id = d.platform_id AND event.id = d.event_id
  ORDER BY d.platform_id, d.id`;

/** SQL of a boolean: no process holds a lease on delivery `d`. @param now SQL of the time */
const freeSql = (now: string): string => `(d.claimed_until IS NULL OR d.claimed_until <= ${now})`;

/**
 * `freeSql` for a delivery that is looked up by its id and must still be pending. It tests `completed_at` instead of
 * `status = 'pending'`: the planner has poor statistics of a queue and would use the partial index on pending rows.
 */
const stillFreeSql = (now: string): string => `d.completed_at IS NULL AND ${freeSql(now)}`;

/**
 * SQL of a boolean: `row` is the first pending delivery of its endpoint and object. Written with ORDER BY … LIMIT 1
 * instead of NOT EXISTS: only one index has that order, so the planner cannot choose another one.
 */
const isFirstSql = (row: string): string => `${row}.id = (
      SELECT first.id FROM webhook_deliveries first
      WHERE first.platform_id = ${row}.platform_id AND first.endpoint_id = ${row}.endpoint_id
        AND first.object_id = ${row}.object_id AND first.status = 'pending'
      ORDER BY first.id LIMIT 1
    )`;

/** SQL of the first due deliveries of an endpoint `e`. @param window SQL of their maximum number */
const dueSql = (window: string): string => `CROSS JOIN LATERAL (
    SELECT d.platform_id, d.endpoint_id, d.id, d.object_id, d.next_attempt_at FROM webhook_deliveries d
    WHERE d.platform_id = e.platform_id AND d.endpoint_id = e.id AND d.status = 'pending'
      AND d.next_attempt_at <= $1::timestamptz AND ${freeSql('$1::timestamptz')}
    ORDER BY d.next_attempt_at LIMIT ${window}
  ) d`;

/** The order in which lanes are given out. */
const IN_TURN = 'turn, next_attempt_at, id';

/**
 * Claims deliveries that are due and not blocked by an earlier one of the same lane. Each endpoint is examined
 * separately, so that an endpoint with a long queue does not delay other endpoints. Lanes are given out in turn: the
 * first of every endpoint before the second of any. Endpoints that hang cannot take every lane: all failing endpoints
 * together have a limit, as has each platform, and some lanes are reserved for endpoints without a lane.
 *
 * $1 now, $2 end of the lease, $3 maximum number, $4 concurrency limit per endpoint, $5 the same for a failing
 * endpoint, $6 number of due deliveries to examine per endpoint, $7…$9 platforms, endpoints and numbers of their lanes
 * in progress, $10 limit of all failing endpoints together, $11 limit per platform, $12 limit of lanes in progress
 * beyond which an endpoint gets its first one only.
 */
export const CLAIM_SQL = `WITH hand AS MATERIALIZED (
    SELECT hand.*, e.failing_since IS NOT NULL AS is_failing
    FROM unnest($7::bigint[], $8::bigint[], $9::int[]) AS hand(platform_id, endpoint_id, lanes)
    JOIN webhook_endpoints e ON e.platform_id = hand.platform_id AND e.id = hand.endpoint_id
  ), in_hand AS MATERIALIZED (
    SELECT COALESCE(sum(lanes), 0) AS all_lanes, COALESCE(sum(lanes) FILTER (WHERE is_failing), 0) AS failing_lanes
    FROM hand
  ), endpoint AS MATERIALIZED (
    SELECT e.platform_id, e.id, e.failing_since IS NOT NULL AS is_failing, COALESCE(hand.lanes, 0) AS held,
      CASE WHEN e.failing_since IS NULL THEN $4::int ELSE $5::int END AS most
    FROM webhook_endpoints e
    LEFT JOIN hand ON hand.platform_id = e.platform_id AND hand.endpoint_id = e.id
    WHERE e.status = 'active'
  ), due AS MATERIALIZED (
    SELECT d.*, e.is_failing, e.held, e.most FROM endpoint e ${dueSql('$6::int')} WHERE e.held < e.most
  ), head AS (
    SELECT due.*, held + row_number() OVER (PARTITION BY platform_id, endpoint_id ORDER BY next_attempt_at, id) AS turn
    FROM due WHERE ${isFirstSql('due')}
  ), by_kind AS (
    SELECT head.*, row_number() OVER (PARTITION BY is_failing ORDER BY ${IN_TURN}) AS place
    FROM head WHERE turn <= most
  ), by_platform AS (
    SELECT by_kind.*, row_number() OVER (PARTITION BY platform_id ORDER BY ${IN_TURN})
      + COALESCE((SELECT sum(lanes) FROM hand WHERE hand.platform_id = by_kind.platform_id), 0) AS of_platform
    FROM by_kind CROSS JOIN in_hand WHERE NOT is_failing OR place + failing_lanes <= $10::int
  ), eligible AS (
    SELECT by_platform.*, row_number() OVER (ORDER BY ${IN_TURN}) AS of_all
    FROM by_platform WHERE of_platform <= $11::int
  ), wanted AS MATERIALIZED (
    SELECT platform_id, id FROM eligible CROSS JOIN in_hand
    WHERE turn = 1 OR of_all + all_lanes <= $12::int
    ORDER BY ${IN_TURN} LIMIT $3::int
  ), taken AS MATERIALIZED (
    SELECT d.platform_id, d.id FROM webhook_deliveries d JOIN wanted USING (platform_id, id)
    WHERE d.next_attempt_at <= $1::timestamptz AND ${stillFreeSql('$1::timestamptz')}
    FOR UPDATE OF d SKIP LOCKED
  ), claimed AS (
    UPDATE webhook_deliveries d SET claimed_until = $2::timestamptz FROM taken
    WHERE d.platform_id = taken.platform_id AND d.id = taken.id
    RETURNING d.*
  ) ${CLAIMED_SQL}`;

/**
 * Postpones blocked deliveries of the endpoints that have a full window of due ones, because they may hide claimable
 * deliveries. The process that completes the blocking delivery claims the next one regardless of its time, so the new
 * time only bounds the wait after a crash.
 *
 * $1 now, $2 new time of the next attempt, $3 number of due deliveries to examine per endpoint.
 */
export const PUT_OFF_SQL = `WITH due AS MATERIALIZED (
    SELECT d.*, count(*) OVER (PARTITION BY d.platform_id, d.endpoint_id) AS seen
    FROM webhook_endpoints e ${dueSql('$3::int')} WHERE e.status = 'active'
  ), waiting AS MATERIALIZED (
    SELECT d.platform_id, d.id FROM webhook_deliveries d JOIN due USING (platform_id, id)
    WHERE due.seen = $3::int AND ${stillFreeSql('$1::timestamptz')} AND NOT ${isFirstSql('due')}
    FOR UPDATE OF d SKIP LOCKED
  ), put_off AS (
    UPDATE webhook_deliveries d SET next_attempt_at = $2::timestamptz FROM waiting
    WHERE d.platform_id = waiting.platform_id AND d.id = waiting.id
    RETURNING 1
  ) SELECT count(*)::int AS n FROM put_off`;

/** The next pending delivery of each lane. $1…$3 platforms, endpoints, objects. */
const NEXT_SQL = `next AS MATERIALIZED (
    SELECT first.platform_id, first.id
    FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS lane(platform_id, endpoint_id, object_id)
    JOIN webhook_endpoints e ON e.platform_id = lane.platform_id AND e.id = lane.endpoint_id
      AND e.status = 'active'
    CROSS JOIN LATERAL (
      SELECT d.platform_id, d.id FROM webhook_deliveries d
      WHERE d.platform_id = lane.platform_id AND d.endpoint_id = lane.endpoint_id
        AND d.object_id = lane.object_id AND d.status = 'pending'
      ORDER BY d.id LIMIT 1
    ) first
  )`;

/**
 * Excludes a delivery that failed before: another process had claimed it meanwhile, and it waits for its retry time.
 */
const UNTRIED_SQL = `d.platform_id = next.platform_id AND d.id = next.id AND d.failing_since IS NULL
      AND ${stillFreeSql('$4::timestamptz')}`;

/**
 * Claims the next delivery of each lane. Run it after the completion of the previous delivery has been committed, so
 * that it sees the deliveries that were queued meanwhile.
 *
 * $1…$3 the lanes, $4 now, $5 end of the lease.
 */
export const CLAIM_NEXT_SQL = `WITH ${NEXT_SQL}, claimed AS (
    UPDATE webhook_deliveries d SET claimed_until = $5::timestamptz FROM next WHERE ${UNTRIED_SQL} RETURNING d.*
  ) ${CLAIMED_SQL}`;

/** Makes the next delivery of each lane due, for any process to claim. $1…$3 the lanes, $4 now. */
export const WAKE_NEXT_SQL = `WITH ${NEXT_SQL}, woken AS (
    UPDATE webhook_deliveries d SET next_attempt_at = $4::timestamptz FROM next WHERE ${UNTRIED_SQL} RETURNING 1
  ) SELECT count(*)::int AS n FROM woken`;

/** SQL of a boolean: endpoint `w` subscribes to the event type. @param type SQL of the type */
const wantedSql = (type: string): string =>
  `(cardinality(w.event_types) = 0 OR ${type} = ANY(w.event_types))`;

const ENQUEUE_COLUMNS = `INSERT INTO webhook_deliveries
    (platform_id, id, endpoint_id, event_id, object_id, status, attempts, next_attempt_at, created_at)
  SELECT told.platform_id, nextval('webhook_deliveries_id_seq'), told.endpoint_id, told.id, told.object_id, 'pending',
    0, $1::timestamptz, $1::timestamptz`;

/**
 * Queues deliveries to every subscribed active endpoint, in the order of the events. $1 now, $2 platform, $3 events.
 */
export const ENQUEUE_SQL = `${ENQUEUE_COLUMNS}
  FROM (
    SELECT event.platform_id, event.id, event.object_id, w.id AS endpoint_id
    FROM events event
    JOIN webhook_endpoints w ON w.platform_id = event.platform_id AND w.status = 'active'
      AND ${wantedSql('event.type')}
    WHERE event.platform_id = $2 AND event.id = ANY($3::bigint[])
    ORDER BY event.id, w.id
  ) told`;

/**
 * Queues past events again for one endpoint, in their order. Events that are not dispatched yet are left out: the
 * dispatcher queues them.
 *
 * $1 now, $2 platform, $3 endpoint, $4 earliest time, $5 types (empty: all that it subscribes to), $6 maximum number.
 */
export const REPLAY_SQL = `WITH queued AS (${ENQUEUE_COLUMNS}
    FROM (
      SELECT event.platform_id, event.id, event.object_id, w.id AS endpoint_id
      FROM webhook_endpoints w
      JOIN events event ON event.platform_id = w.platform_id AND event.occurred_at >= $4::timestamptz
        AND event.dispatched_at IS NOT NULL AND ${wantedSql('event.type')}
        AND (cardinality($5::text[]) = 0 OR event.type = ANY($5::text[]))
      WHERE w.platform_id = $2 AND w.id = $3
      ORDER BY event.id LIMIT $6::int
    ) told
    RETURNING 1
  ) SELECT count(*)::int AS queued FROM queued`;
