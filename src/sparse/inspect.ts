// The lines that the console shows for models and paths.
import { brief, counted, oneLine } from '../core/inspected.js';

/** The members of a model that its line has. */
interface ModelFacts {
  status?: string;
  family: string;
  lambda: number;
  size?: number;
  support: ArrayLike<number>;
  coefficients: ArrayLike<number>;
  responses?: number;
  gap?: number;
  certificate?: { kind: string };
}

/** The members of a path or a cross-validation that its line has. */
interface PathFacts extends Pick<ModelFacts, 'status' | 'family' | 'responses'> {
  lambda: Float64Array;
  sizes?: Int32Array;
  nonzeros: Int32Array;
  coefficients: { rows: number };
  gap: Float64Array;
  measure?: string;
  lambdaMin?: number;
  lambda1se?: number;
  sizeMin?: number;
  size1se?: number;
}

const gapText = (gap: number | undefined): string | undefined =>
  gap === undefined || Number.isNaN(gap) ? undefined : `gap ${brief(gap, 1)}`;

/** The family, columns, lambda or size, and what is known of a model. */
export function modelText(model: ModelFacts): string {
  const { status, family, lambda, size, support, coefficients, responses = 1, gap, certificate } = model;
  return oneLine(status, [
    family,
    `${support.length} of ${counted(coefficients.length / responses, 'column')}`,
    size === undefined ? `lambda ${brief(lambda)}` : `size ${size}`,
    gapText(gap) ?? (certificate && `certificate ${certificate.kind}`),
  ]);
}

/** The family, lambdas or sizes, columns, and the largest gap of a path; of a cross-validation also its choices. */
export function pathText(path: PathFacts): string {
  const { status, family, lambda, sizes, nonzeros, coefficients, responses = 1, gap, measure } = path;
  const most = (numbers: Iterable<number>): number | undefined => {
    const known = Array.from(numbers).filter((value) => !Number.isNaN(value));
    return known.length > 0 ? Math.max(...known) : undefined;
  };
  const [along, kind] = sizes ? ([sizes, 'size'] as const) : ([lambda, 'lambda'] as const);
  const ends = along.length > 0 ? ` from ${brief(along[0] as number)} to ${brief(along.at(-1) as number)}` : '';
  const [min, first] = [path.sizeMin ?? path.lambdaMin, path.size1se ?? path.lambda1se];
  return oneLine(status, [
    family,
    `${counted(along.length, kind)}${ends}`,
    `at most ${most(nonzeros) ?? 0} of ${counted(coefficients.rows / responses, 'column')}`,
    gapText(most(gap)),
    min === undefined || first === undefined
      ? undefined
      : `${measure}: ${kind}.min ${brief(min)}, ${kind}.1se ${brief(first)}`,
  ]);
}
