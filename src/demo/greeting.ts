import { randomBytes } from 'node:crypto';
import type { DemoFile } from './demo-file.js';

/** The text printed once the server listens. */
export function greeting(baseUrl: string, commands: string, demoPath: string): string {
  return `
Vostro is ready on ${baseUrl}

${commands}
Swagger UI: ${baseUrl}/docs
Credentials: ${demoPath}
`;
}

/**
 * For each API a command to paste, which opens an account.
 * @param freeCurrency a currency in which the demo's owner has no account yet; `null` when it has one in each currency
 *   that it may use
 */
export function commandsOf(demo: DemoFile, freeCurrency: string | null): string {
  // A name that was never used, so that the commands also work on a second start.
  const mark = randomBytes(3).toString('hex');
  return `# Owner API: ${freeCurrency === null ? 'the demo owner has an account in every currency; list them' : 'open an account in a currency'}
${ownerCommand(demo, freeCurrency)}

# Workspace API: open an account of a product
curl -sS -X POST ${demo.baseUrl}/accounts -H 'Authorization: Bearer ${demo.workspace.accessToken}' -H 'Workspace-ID: ${demo.workspace.workspaceId}' -H 'Content-Type: application/json' -d '${JSON.stringify({ productID: demo.workspace.productId, alias: `Demo ${mark}` })}'

# Platform API: open an account under a customer
curl -sS -X POST ${demo.baseUrl}/customers/${demo.platform.customerIdentifier}/accounts -u '${demo.platform.key}:${demo.platform.secret}' -H 'Content-Type: application/json' -d '${JSON.stringify({ accountIdentifier: `demo-${mark}`, displayName: `Demo account ${mark}`, contactEmail: 'ops@example.com' })}'
`;
}

function ownerCommand({ baseUrl, owner }: DemoFile, freeCurrency: string | null): string {
  const headers = `-H 'X-API-KEY: ${owner.apiKey}' -H 'X-API-SECRET: ${owner.apiSecret}'`;
  if (freeCurrency === null) return `curl -sS ${baseUrl}/api/v1/accounts ${headers}`;
  const body = JSON.stringify({ currency: freeCurrency });
  return `curl -sS -X POST ${baseUrl}/api/v1/accounts ${headers} -H 'Content-Type: application/json' -d '${body}'`;
}
