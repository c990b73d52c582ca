import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { AuditVerifier, type ChainVerdict } from '../../audit/audit-verifier.service.js';
import { AuditHeads, type HeadVerdict } from '../../auth/audit-heads.service.js';
import { toSystemId } from '../../shared/object-id.js';
import { EXIT, UsageError } from '../failure.js';
import { platformOption } from '../platform-option.js';
import type { CommandSpec } from '../shell.js';
import { withApp } from '../with-app.js';

interface Options {
  platform?: string;
  heads?: string;
}

const takesPlatform = (command: Command): Command =>
  command.option('--platform <id>', 'the chain of this platform only (plt_…; plt_0: of the bank itself)');

export const AUDIT_HEAD: CommandSpec<Options> = {
  name: 'head',
  description: 'Print the signed head of each audit chain, one per line. Store them outside the database.',
  examples: ['audit head >> heads.txt', 'audit head --platform plt_1'],
  shape: takesPlatform,
  run: async ({ platform }, { output }) => {
    const platformId = platformOption(platform);
    const heads = await withApp(output, (app) => app.get(AuditHeads).sign(platformId));
    output.result({ heads }, heads);
    return EXIT.done;
  },
};

export const AUDIT_VERIFY: CommandSpec<Options> = {
  name: 'verify',
  description: 'Recompute the audit chains, and look for heads that were kept; names the first broken link.',
  examples: ['audit verify', 'audit verify --heads heads.txt --json'],
  shape: (command) => takesPlatform(command).option('--heads <file>', 'heads that `audit head` printed'),
  run: async ({ platform, heads: file }, { output }) => {
    const platformId = platformOption(platform);
    const tokens = file === undefined ? [] : await readHeads(file);
    const found = await withApp(output, async (app) => {
      const chains = await app.get(AuditVerifier).verify(platformId);
      const heads: HeadVerdict[] = [];
      for (const token of tokens) heads.push(await app.get(AuditHeads).verify(token));
      return { chains, heads };
    });
    const lines = [...found.chains.map(chainLine), ...found.heads.map(headLine)];
    output.result(found, lines);
    const isIntact =
      found.chains.every(({ firstBroken }) => firstBroken === null) &&
      found.heads.every(({ problem }) => problem === null);
    return isIntact ? EXIT.done : EXIT.unclean;
  },
};

async function readHeads(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new UsageError(`${file} cannot be read`);
  });
  return text.split('\n').filter((line) => line.trim() !== '');
}

function chainLine({ platformId, verified, waiting, firstBroken }: ChainVerdict): string {
  const state =
    firstBroken === null
      ? 'intact'
      : `broken at position ${firstBroken.position ?? 'unknown'}: ${firstBroken.problem}`;
  return `${toSystemId('plt', platformId)}  ${verified} links verified, ${waiting} waiting: ${state}`;
}

function headLine({ head, problem }: HeadVerdict): string {
  const name = head === null ? 'a line' : `${toSystemId('plt', head.platformId)} position ${head.position}`;
  return `head of ${name}: ${problem ?? 'in the chain'}`;
}
