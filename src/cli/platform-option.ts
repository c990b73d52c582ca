import { parsePlatformId } from '../shared/object-id.js';
import { notAnId } from './failure.js';

/** The platform that `--platform` names, the system tenant included; `null`: the option is missing. @throws UsageError */
export function platformOption(text: string | undefined): string | null {
  if (text === undefined) return null;
  const id = parsePlatformId(text);
  if (id === null) throw notAnId('--platform', 'plt_…', text);
  return id;
}
