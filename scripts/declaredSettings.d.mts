export function declaredSettings(
  family: string,
  options: string,
): { name: string; types: string[]; default: string; doc: string }[];
