export function declaredSettings(
  family: string,
  options: string,
): {
  rows: { name: string; types: string[]; default: string; doc: string; when?: string }[];
  omitted: string[];
};
