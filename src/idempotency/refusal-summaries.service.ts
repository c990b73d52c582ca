import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type AuditRecord, AuditTrail } from '../audit/audit-trail.service.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { Clock } from '../shared/clock.js';
import { Recurring } from '../shared/recurring.js';

const WINDOW_MS = 60_000;
/** Refusals of one kind that get an entry each, per window and process. */
export const MAX_ENTRIES = 100;

/** Refusals of one actor with one code in the current window. */
interface Kind {
  last: AuditRecord;
  code: string;
  admitted: number;
  /** Refusals without an entry of their own, since `from`. */
  further: number;
  from: Date;
}

/**
 * Limits the entries that one caller can add to the audit trail by requests that are refused: beyond a rate, one entry a
 * minute states how many more there were. They are counted in memory, so a crash loses the count of a minute.
 */
@Injectable()
export class RefusalSummaries implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(RefusalSummaries.name);
  private kinds = new Map<string, Kind>();
  private readonly rounds = new Recurring(
    () => this.flush(),
    WINDOW_MS,
    ({ message }) => {
      this.logger.error(`refusals are not yet summed up on the audit trail: ${message}`);
    },
  );

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly trail: AuditTrail,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.rounds.stop();
    await this.flush();
  }

  /** Whether the refusal gets an entry of its own; otherwise it is counted. */
  admits(entry: AuditRecord, code: string): boolean {
    const name = JSON.stringify([entry.platformId, entry.audit.actor.id, entry.action, code]);
    const kind = this.kinds.get(name) ?? {
      code,
      admitted: 0,
      further: 0,
      from: this.clock.now(),
      last: entry,
    };
    this.kinds.set(name, kind);
    kind.last = entry;
    if (kind.admitted < MAX_ENTRIES) {
      kind.admitted += 1;
      return true;
    }
    if (kind.further === 0) kind.from = this.clock.now();
    kind.further += 1;
    return false;
  }

  /** Ends the window and writes what was counted in it. A count that cannot be written stays for the next window. */
  async flush(): Promise<void> {
    const { kinds } = this;
    const counted = [...kinds].filter(([, { further }]) => further > 0);
    this.kinds = new Map();
    if (counted.length === 0) return;
    try {
      await this.unitOfWork.run((tx) =>
        this.trail.appendMany(
          tx,
          counted.map(([, kind]) => toEntry(kind)),
        ),
      );
    } catch (error) {
      for (const [name, { further, ...kind }] of counted) {
        const since = this.kinds.get(name);
        this.kinds.set(name, {
          ...kind,
          further: further + (since?.further ?? 0),
          admitted: since?.admitted ?? 0,
        });
      }
      throw error;
    }
  }
}

/** The object is the actor: the refused requests may have had several. */
function toEntry({ last, code, further, from }: Kind): AuditRecord {
  const { platformId, action, audit } = last;
  return {
    platformId,
    action,
    outcome: 'refused',
    objectId: audit.actor.id,
    audit: { ...audit, reason: null },
    after: { refusal: code, further, from },
  };
}
