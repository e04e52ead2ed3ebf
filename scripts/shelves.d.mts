/** The names of the verbs of a family, whose solvers have folders of their own, and of its recipes, in TypeScript alone. */
export function functionsOf(family: string): { verbs: string[]; recipes: string[] };
