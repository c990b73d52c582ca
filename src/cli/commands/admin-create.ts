import { type Command, Option } from 'commander';
import { systemContext } from '../../audit/audit-context.js';
import { AdminsService } from '../../auth/admins.service.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { ADMIN_ROLES, type AdminRole } from '../../entities/admin.entity.js';
import { validated } from '../../http/body.js';
import { TextField } from '../../http/fields.js';
import { toTenantId } from '../../shared/object-id.js';
import { EXIT } from '../failure.js';
import type { CommandSpec, Run } from '../shell.js';
import { withApp } from '../with-app.js';

const ACT = systemContext('command line', 'created on the command line');

interface Options {
  name: string;
  role: AdminRole;
}

class NewAdmin {
  @TextField('required', { min: 3, max: 100 })
  name!: string;
}

export const ADMIN_CREATE: CommandSpec<Options> = {
  name: 'create',
  description: 'Create an admin. Prints the id, the key and, this once, the secret.',
  examples: [
    'admin create --name "Ada Example" --role approver',
    'admin create --name ci --role viewer --json',
  ],
  shape: (command: Command) =>
    command
      .requiredOption('--name <name>', 'unique among the admins, 3 to 100 characters')
      .addOption(
        new Option('--role <role>', 'each role includes the ones before it')
          .choices(ADMIN_ROLES)
          .makeOptionMandatory(),
      ),
  run: create,
};

async function create(...[{ name: given, role }, { output }]: Parameters<Run<Options>>): Promise<number> {
  const name = validated(NewAdmin, { name: given }).name.trim();
  const issued = await withApp(output, (app) =>
    app.get(UnitOfWork).run((tx) => app.get(AdminsService).create(tx, { name, role }, ACT)),
  );
  const { platformId, adminId, key, secret } = issued;
  const id = toTenantId('adm', platformId, adminId ?? '');
  const credential = toTenantId('crd', platformId, issued.id);
  output.result({ id, name, role, credential, key, secret }, [
    `Admin   ${id} (${name}, ${role})`,
    `Key     ${key}`,
    `Secret  ${secret}`,
    'The secret is shown this once.',
  ]);
  return EXIT.done;
}
