/** Bodies that are not JSON objects; every API refuses them before it validates a field. */
export const BROKEN_BODIES = ['{"a":', '[]', '"text"', '7', 'null', '{"a":1,}'];
