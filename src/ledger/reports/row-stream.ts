/** Rows that come a page at a time; only the page at hand is kept. */
export class RowStream<Row> {
  private page: readonly Row[] = [];
  private index = 0;
  private hasEnded = false;

  /** @param read the rows after the given one, or the first; an empty page is the end */
  constructor(private readonly read: (last: Row | null) => Promise<readonly Row[]>) {}

  /** The row at hand; `null`: there is none left. */
  async peek(): Promise<Row | null> {
    if (this.index >= this.page.length && !this.hasEnded) await this.turn();
    return this.page[this.index] ?? null;
  }

  /** The row at hand, which is then behind us. */
  async next(): Promise<Row | null> {
    const row = await this.peek();
    this.index += 1;
    return row;
  }

  private async turn(): Promise<void> {
    this.page = await this.read(this.page.at(-1) ?? null);
    this.index = 0;
    this.hasEnded = this.page.length === 0;
  }
}
