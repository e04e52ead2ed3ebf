// Classical problems with equality constraints as expression models, and what is known about them.
import * as bundle from './newton/bundle.js';
import * as chained from './newton/chained.js';
import * as control from './newton/control.js';
import type { Problem } from './newton/define.js';
import * as domains from './newton/domains.js';
import * as others from './newton/others.js';
import * as regression from './newton/regression.js';
import * as small from './newton/small.js';
import * as systems from './newton/systems.js';

export type { Problem } from './newton/define.js';

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
