/** Milliseconds after which something is taken for hung: long enough for a machine that does many other things. */
export const patience = 600_000;
