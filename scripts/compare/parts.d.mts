/** Each part of the cases, such as 'sparse/paths', with the file that has them. */
export function parts(): Map<string, string>;
/** The parts that a list of groups and parts names. */
export function chosenParts(only?: string): string[];
