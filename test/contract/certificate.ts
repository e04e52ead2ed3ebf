// False claims in the certificates of a result, whatever solver it is of: their shape, and how kind, bound, gap and status agree.
import type { Claims } from '../../src/core/addon.js';
import type { Certificate, SolveResult } from '../../src/index.js';

const members = ['kind', 'over', 'lowerBound', 'upperBound', 'gap', 'gapScale', 'inertia', 'proof', 'because'];

/** An answer of a result: the result itself, or the model of one lambda. */
interface Answer {
  certificate: Certificate;
  objective?: number | undefined;
  lowerBound?: number | undefined;
  gap?: number | undefined;
}

type Known = SolveResult & Record<string, unknown>;

/** The answers of a result: of a path one for each lambda, and those of the trends, matrices or networks in it. */
function answersOf(result: Known): Answer[] {
  const { certificate, objectives, gap } = result;
  const within = Object.values(result).flatMap((value) =>
    Array.isArray(value)
      ? value.filter((each) => typeof each === 'object' && each !== null && 'certificate' in each)
      : [],
  );
  if (!Array.isArray(certificate)) return [result as unknown as Answer, ...within];
  const [values, gaps] = [objectives, gap] as Float64Array[];
  if (values?.length !== certificate.length || gaps?.length !== certificate.length)
    throw new Error('columns of a path');
  return certificate.map((each: Certificate, k) => ({
    certificate: each,
    objective: values[k],
    gap: gaps[k],
    lowerBound: each.lowerBound,
  }));
}

/** Returns the false claims; `tolerance` is that of the solve. */
export function refutedCertificates(result: SolveResult, claims: Claims, tolerance: number): string[] {
  const known = result as Known;
  if (known.certificate === undefined) return ['no certificate'];
  const single = !Array.isArray(known.certificate);
  const wrong = answersOf(known).flatMap((answer) => refuted(answer, claims, tolerance));
  if (single) wrong.push(...refutedStatus(known.certificate as Certificate, result.status));
  return wrong;
}

function refuted({ certificate, objective, lowerBound, gap }: Answer, claims: Claims, tolerance: number): string[] {
  const wrong: string[] = [];
  const says = (true_: boolean, sentence: string) => {
    if (!true_) wrong.push(`${sentence}: ${JSON.stringify({ ...certificate, proof: undefined, objective })}`);
  };
  const { kind, over, gapScale, inertia } = certificate;
  says(
    Object.keys(certificate).every((name) => members.includes(name)),
    'other members',
  );
  says(kind === 'none' || claims.kinds.includes(kind), 'a kind that is not declared');
  says(over === undefined || claims.over.some(({ name }) => name === over), 'other points than are declared');
  const same = (a: number | undefined, b: number | undefined) => Object.is(a ?? Number.NaN, b ?? Number.NaN);
  says(same(lowerBound, certificate.lowerBound), `lowerBound ${lowerBound} beside the certificate`);
  says(same(gap, certificate.gap), `gap ${gap} beside the certificate`);
  const bounded = certificate.gap !== undefined;
  says(!bounded || claims.gapScale !== '', 'a gap that is not declared');
  const bounds = [certificate.lowerBound, certificate.upperBound].filter((bound) => bound !== undefined);
  says(bounds.length === (bounded ? 1 : 0), 'a gap without a bound, or a bound without a gap');
  says(bounded === (gapScale !== undefined), 'a gap without its scale');
  says(kind !== 'bounded' || bounded, 'bounded without a bound');
  says(kind !== 'local' || inertia === undefined || (inertia.negative === 0 && inertia.zero === 0), 'no local minimum');
  const [bound] = bounds;
  if (certificate.gap === undefined || bound === undefined || gapScale === undefined) return wrong;
  says(
    kind === (certificate.gap <= tolerance ? 'global' : 'bounded'),
    `a kind that tolerance ${tolerance} does not give`,
  );
  if (objective === undefined || !Number.isFinite(objective)) return wrong;
  const size = Math.abs(objective) + Math.abs(bound);
  says(gapScale > 0, 'no scale');
  const distance = certificate.upperBound === undefined ? objective - bound : bound - objective;
  says(distance >= -1e-9 * size, 'a bound on the other side of the objective');
  says(Math.abs(certificate.gap * gapScale - distance) <= 1e-12 * size, `a gap that is not ${distance / gapScale}`);
  return wrong;
}

/** Returns true if the certificate of a whole solve agrees with how that has ended. */
function refutedStatus({ kind, gap, proof }: Certificate, status: string): string[] {
  const known = gap !== undefined || proof !== undefined;
  const wrong: string[] = [];
  if (status !== 'solved' && !known && kind !== 'none') wrong.push(`status '${status}' with kind '${kind}'`);
  const proven = {
    farkas: ['infeasible', 'global'],
    hall: ['infeasible', 'global'],
    ray: ['unbounded', 'none'],
    curve: ['unbounded', 'none'],
  };
  const [shown, as] = proof ? proven[proof.kind] : [status, kind];
  if (status !== shown || kind !== as) wrong.push(`a proof of '${status}'`);
  if (status === 'infeasible' && kind === 'global' && proof === undefined) wrong.push('infeasible without a proof');
  return wrong;
}
