import { Injectable } from '@nestjs/common';
import { Environment } from '../config/env.js';
import { fromBase64Url } from '../shared/base64url.js';
import { SealedBox } from '../shared/sealed-box.js';

/** A list of one tenant; a cursor is valid in its own list only. */
export interface TenantList {
  platformId: string;
  /** Which list it is, and whose. */
  name: readonly string[];
}

/**
 * Cursors of a tenant's lists. They contain row ids, numbers of sequences that all tenants share, so they are
 * encrypted. The key is derived from the pepper alone, so every process can read the cursors of another.
 */
@Injectable()
export class ListCursors {
  private readonly box: SealedBox;

  constructor({ secretPeppers }: Environment) {
    this.box = new SealedBox(secretPeppers, 'vostro list cursors');
  }

  write({ platformId, name }: TenantList, position: string): string {
    return this.box.seal(position, [platformId, ...name]).toString('base64url');
  }

  /** The position; `null` when the text is not a cursor of this list. */
  read({ platformId, name }: TenantList, cursor: string): string | null {
    const sealed = fromBase64Url(cursor);
    return sealed === null ? null : this.box.find(sealed, [platformId, ...name]);
  }
}
