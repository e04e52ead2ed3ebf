/** The version in package.json, and the files where another one stands: as they are, and as they should be. */
export function versions(): { version: string; differing: { file: string; before: string; text: string }[] };
