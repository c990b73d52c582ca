/** The typed clients of `npm run client`: one folder per API, from the committed documents alone. */
const APIS = ['owner', 'workspace', 'platform', 'admin'];

export default APIS.map((api) => ({
  input: `docs/openapi/${api}.json`,
  output: { path: `clients/${api}`, module: { extension: '.js' }, postProcess: [] },
  plugins: ['@hey-api/typescript', '@hey-api/sdk', '@hey-api/client-fetch'],
  logs: { level: 'warn', file: false },
}));
