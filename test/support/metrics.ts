/**
 * The value of a series in the text of `/metrics`; 0 when it is missing.
 * @param series name and labels, such as `vostro_requests_refused_total{reason="bound"}`
 */
export function valueOfSeries(text: string, series: string): number {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return Number(line?.slice(series.length) ?? 0);
}
