import { rangeError } from '../../core/argumentError.js';
import { checkNumber } from '../../core/check.js';
import { fixDeadline } from '../../core/deadline.js';
import type { Status } from '../../generated/solve.js';
import {
  type AlignableNetwork,
  type AlignedNetwork,
  asLayers,
  combined,
  permuted,
  type ReadNetwork,
  readAlignable,
} from '../alignForms.js';
import { type AlignNetworksSettings, alignNetworks } from '../alignNetworks.js';

export interface AverageNetworksSettings extends Omit<AlignNetworksSettings, 'by' | 'loss' | 'points'> {
  /** How often all networks are gone through at most. Default 100. Change it when a rough mean is enough. */
  maxSweeps?: number | undefined;
}

export interface AverageNetworksResult {
  /** `'solved'` where no order has changed in the last sweep, else why the search has ended. */
  status: Status;
  /** The mean of all networks in these orders, by its layers. */
  network: AlignedNetwork;
  /** Orders of units, for each network and each of its hidden layers. */
  permutations: Int32Array[][];
  /** The sum of squared distances of all networks from their mean. */
  objective: number;
  /** How often all networks were gone through. */
  sweeps: number;
}

/**
 * Averages networks of the same widths whose hidden units are put into the order of those of the first one: each network in turn is aligned with
 * the mean of the others by weights, until no order changes.
 *
 *     minimise  sum_k ||P_k network_k - mean||^2   over the orders P_k of hidden units, P_1 as it is
 *
 * S. K. Ainsworth, J. Hayase, S. Srinivasa, "Git Re-Basin", ICLR 2023, Algorithm 3.
 *
 * @throws (rejects) as {@link alignNetworks} does.
 */
export async function averageNetworks(
  networks: readonly AlignableNetwork[],
  settings: AverageNetworksSettings = {},
): Promise<AverageNetworksResult> {
  if (!Array.isArray(networks) || networks.length < 2) {
    throw rangeError('networks: expected a list of at least two networks');
  }
  const { maxSweeps = 100, ...others } = fixDeadline(settings);
  checkNumber('maxSweeps', maxSweeps, { lower: 0 });
  const orders: Int32Array[][] = [];
  const members: ReadNetwork[] = [];
  let status: Status = 'solved';
  for (const [k, network] of networks.entries()) {
    const { permutations, merged, status: how } = await alignNetworks({ a: networks[0], b: network }, others);
    members.push(await readAlignable(`networks[${k}]`, merged(k === 0 ? 0 : 1)));
    orders.push(k === 0 ? permutations.map(({ length }) => Int32Array.from({ length }, (_, i) => i)) : permutations);
    if (how !== 'solved') status = how;
  }
  let sweeps = 0;
  for (let changed = members.length > 2; changed && status === 'solved'; ++sweeps) {
    if (sweeps >= maxSweeps) {
      status = 'iterationLimit';
      break;
    }
    changed = false;
    for (let k = 1; k < members.length && status === 'solved'; ++k) {
      const mean = asLayers(meanOf(members.filter((_, other) => other !== k)));
      const own = members[k] as ReadNetwork;
      const found = await alignNetworks({ a: mean, b: asLayers(own) }, { ...others, balance: false });
      if (found.status !== 'solved') status = found.status;
      if (found.permutations.every((order) => order.every((j, i) => i === j))) continue;
      changed = true;
      members[k] = permuted(own, found.permutations);
      orders[k] = found.permutations.map((order, l) => order.map((j) => orders[k]?.[l]?.[j] as number));
    }
  }
  const mean = meanOf(members);
  const objective = members.reduce((sum, each) => sum + distance(each, mean), 0);
  return { status, network: asLayers(mean), permutations: orders, objective, sweeps };
}

const meanOf = (members: readonly ReadNetwork[]): ReadNetwork =>
  combined(
    members,
    members.map(() => 1 / members.length),
  );

function distance(a: ReadNetwork, b: ReadNetwork): number {
  const squares = (x: Float64Array, y: Float64Array) => x.reduce((sum, v, i) => sum + (v - (y[i] as number)) ** 2, 0);
  return squares(a.weights, b.weights) + squares(a.biases, b.biases);
}
