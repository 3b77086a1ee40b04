/** A law that was broken: by which item, and what was seen. */
export type Breach = { readonly law: string; readonly item: string; readonly why: string };
export type Report = (law: string, item: string, why: string) => void;

export const breaches = () => {
  const found: Breach[] = [];
  const report: Report = (law, item, why) => void found.push({ law, item, why });
  return { found, report };
};
