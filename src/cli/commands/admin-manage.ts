import type { Command } from 'commander';
import { systemContext } from '../../audit/audit-context.js';
import {
  AdminAdministration,
  type AdminChange,
  type AdminView,
} from '../../auth/admin-administration.service.js';
import { ADMIN_ROLES, type AdminRole } from '../../entities/admin.entity.js';
import { SYSTEM_PLATFORM_ID } from '../../entities/platform.entity.js';
import { parseTenantId, toTenantId } from '../../shared/object-id.js';
import { EXIT, notAnId, UsageError } from '../failure.js';
import type { CommandSpec, Run } from '../shell.js';
import { withApp } from '../with-app.js';

const ACT = systemContext('command line', 'changed on the command line');
const PAGE = 200;

type NoOptions = Record<string, never>;

const takesAdmin = (command: Command): Command => command.argument('<admin>', 'its id, adm_0_…');

export const ADMIN_LIST_COMMAND: CommandSpec<NoOptions> = {
  name: 'list',
  description: 'List the admins, newest first, with their roles and the use of their keys.',
  examples: ['admin list', 'admin list --json'],
  run: async (_, { output }) => {
    const query = { filters: {}, sort: { name: 'createdAt', descending: true }, limit: PAGE, after: null };
    const { items } = await withApp(output, (app) => app.get(AdminAdministration).list(query));
    const admins = items.map(toShown);
    output.result({ admins }, admins.map(toLine));
    return EXIT.done;
  },
};

export const ADMIN_DISABLE: CommandSpec<NoOptions> = {
  name: 'disable',
  description: 'Disable an admin: none of its keys works from then on.',
  examples: ['admin disable adm_0_3'],
  shape: takesAdmin,
  run: (_, shell, admin) => change(admin, { status: 'disabled' }, shell),
};

export const ADMIN_ENABLE: CommandSpec<NoOptions> = {
  name: 'enable',
  description: 'Enable an admin again, with the keys that it had.',
  examples: ['admin enable adm_0_3'],
  shape: takesAdmin,
  run: (_, shell, admin) => change(admin, { status: 'active' }, shell),
};

export const ADMIN_ROLE: CommandSpec<{ role?: string }> = {
  name: 'role',
  description: 'Give an admin, and all of its keys, another role.',
  examples: ['admin role adm_0_3 --role viewer'],
  shape: (command) => takesAdmin(command).requiredOption('--role <role>', `one of ${ADMIN_ROLES.join(', ')}`),
  run: ({ role = '' }, shell, admin) => {
    if (!isRole(role)) throw new UsageError(`--role must be one of ${ADMIN_ROLES.join(', ')}`);
    return change(admin, { role }, shell);
  },
};

async function change(
  text: string,
  wanted: AdminChange,
  { output }: Parameters<Run<NoOptions>>[1],
): Promise<number> {
  const name = parseTenantId('adm', text);
  if (name?.platformId !== SYSTEM_PLATFORM_ID) throw notAnId('the admin', 'adm_0_…', text);
  const changed = await withApp(output, (app) =>
    app.get(AdminAdministration).changeNow(name.id, wanted, ACT),
  );
  const shown = toShown(changed);
  output.result(shown, [toLine(shown)]);
  return EXIT.done;
}

interface ShownAdmin {
  id: string;
  name: string;
  role: AdminRole;
  status: string;
  liveKeys: number;
  lastUsedAt: string | null;
}

function toShown({ id, name, role, status, liveKeys, lastUsedAt }: AdminView): ShownAdmin {
  const lastUse = lastUsedAt?.toISOString() ?? null;
  return { id: toTenantId('adm', SYSTEM_PLATFORM_ID, id), name, role, status, liveKeys, lastUsedAt: lastUse };
}

function toLine({ id, name, role, status, liveKeys, lastUsedAt }: ShownAdmin): string {
  return `${id}  ${role}  ${status}  ${liveKeys} keys, last used ${lastUsedAt ?? 'never'}  ${name}`;
}

function isRole(text: string): text is AdminRole {
  return (ADMIN_ROLES as readonly string[]).includes(text);
}
