/** Bodies that are no JSON object; refused before any field is looked at, in every API. */
export const BROKEN_BODIES = ['{"a":', '[]', '"text"', '7', 'null', '{"a":1,}'];
