import { ApiProperty } from '@nestjs/swagger';
import type { AccountPage, PagePosition } from '../../../accounts/reading/account-search.service.js';
import { PlatformAccountResponse, presentAccount } from './account.response.js';

/** One page of accounts. */
export class AccountPageResponse {
  @ApiProperty({ type: 'integer', description: 'Accounts on this page.', example: 1 })
  numberOfElements!: number;

  @ApiProperty({ type: 'integer', description: 'Accounts a page may have.', example: 10 })
  maxResults!: number;

  @ApiProperty({
    description: 'Leads to the page before; null when there is none.',
    type: String,
    nullable: true,
    example: null,
  })
  prevCursor!: string | null;

  @ApiProperty({
    description: 'Leads to the page behind; null when there is none.',
    type: String,
    nullable: true,
    example: null,
  })
  nextCursor!: string | null;

  @ApiProperty({ description: 'Whether there is a page before.', example: false })
  prevPageAvailable!: boolean;

  @ApiProperty({ description: 'Whether there is a page behind.', example: false })
  nextPageAvailable!: boolean;

  @ApiProperty({ description: 'In the order of their opening.', type: [PlatformAccountResponse] })
  items!: PlatformAccountResponse[];
}

export function presentPage(
  { items, hasPrevious, hasNext }: AccountPage,
  maxResults: number,
  toCursor: (position: PagePosition) => string,
): AccountPageResponse {
  const first = items[0];
  const last = items.at(-1);
  return {
    numberOfElements: items.length,
    maxResults,
    prevCursor: hasPrevious && first !== undefined ? toCursor({ side: 'before', id: first.id }) : null,
    nextCursor: hasNext && last !== undefined ? toCursor({ side: 'after', id: last.id }) : null,
    prevPageAvailable: hasPrevious && first !== undefined,
    nextPageAvailable: hasNext && last !== undefined,
    items: items.map(presentAccount),
  };
}
