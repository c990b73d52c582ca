/** Reads rows page by page; only the current page is in memory. */
export class RowStream<Row> {
  private page: readonly Row[] = [];
  private index = 0;
  private hasEnded = false;

  /** @param read reads the page after the given row; `null`: the first page. An empty page is the end. */
  constructor(private readonly read: (last: Row | null) => Promise<readonly Row[]>) {}

  /** The next row, without consuming it; `null`: the end. */
  async peek(): Promise<Row | null> {
    if (this.index >= this.page.length && !this.hasEnded) await this.turn();
    return this.page[this.index] ?? null;
  }

  /** Consumes the next row; `null`: the end. */
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
