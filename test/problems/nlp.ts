// Classical problems with equality constraints as expression models, and what is known about them.
import * as bundle from './nlp/bundle.js';
import * as chained from './nlp/chained.js';
import * as control from './nlp/control.js';
import type { Problem } from './nlp/define.js';
import * as domains from './nlp/domains.js';
import * as others from './nlp/others.js';
import * as regression from './nlp/regression.js';
import * as small from './nlp/small.js';
import * as systems from './nlp/systems.js';

export type { Problem } from './nlp/define.js';

export const problems: readonly Problem[] = [
  small,
  systems,
  regression,
  chained,
  control,
  domains,
  bundle,
  others,
].flatMap((group) => group.problems);
