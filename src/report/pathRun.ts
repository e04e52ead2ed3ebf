// A path of models, and what is chosen of it.
import type { Matrix, SparseMatrix } from '../core/matrix.js';
import type { SparseCrossValidation, SparseFit, SparsePath } from '../sparse/index.js';

/** A path, and which of its models are chosen by what. */
export interface PathRun {
  path: SparsePath & Partial<SparseCrossValidation>;
  /** One for each column of x. */
  names: readonly string[];
  /** The data that the path was fitted to; without it coefficients are drawn as they are. */
  x?: Matrix | SparseMatrix | undefined;
  chosen: Chosen[];
}

export interface Chosen {
  /** Names such as 'lambda.min', 'size.min' or 'BIC' of what chooses. */
  by: string;
  /** The place of the model in the path. */
  k: number;
  fit: SparseFit;
}

/** The parameter that the models of a path differ by. */
export const parameterOf = ({ sizes }: Pick<PathRun['path'], 'sizes'>): 'size' | 'lambda' =>
  sizes ? 'size' : 'lambda';

/** The lambdas of a path, or its sizes. */
export const parametersOf = ({ sizes, lambda }: Pick<PathRun['path'], 'sizes' | 'lambda'>): ArrayLike<number> =>
  sizes ?? lambda;

/** The lambda of a model, or its size. */
export const alongOf = ({ size, lambda }: Pick<SparseFit, 'size' | 'lambda'>): number => size ?? lambda;

/** The choices of cross-validation and criteria; those that may choose none are left out. */
export function chosenOf(path: PathRun['path']): Chosen[] {
  const chosen: Chosen[] = [];
  const placeOf = (value: number): number => Array.from(parametersOf(path)).indexOf(value);
  const add = (by: string, model: () => SparseFit): void => {
    try {
      const found = model();
      chosen.push({ by, k: placeOf(alongOf(found)), fit: found });
    } catch (error) {
      if ((error as Error).name !== 'RangeError') throw error;
    }
  };
  const [min, first] = [path.sizeMin ?? path.lambdaMin, path.size1se ?? path.lambda1se];
  if (path.best && min !== undefined && first !== undefined) {
    add(`${parameterOf(path)}.min`, () => path.fit(placeOf(min)));
    add(`${parameterOf(path)}.1se`, () => path.fit(placeOf(first)));
  }
  for (const criterion of ['aic', 'bic', 'ebic'] as const) add(criterion.toUpperCase(), () => path.select(criterion));
  return chosen;
}

/** The choices in the order in which they are of use: one standard error, the minimum, criteria. */
export function preferred(chosen: readonly Chosen[]): Chosen[] {
  const order = ['lambda.1se', 'size.1se', 'lambda.min', 'size.min', 'EBIC', 'BIC', 'AIC'];
  return [...chosen].sort((a, b) => order.indexOf(a.by) - order.indexOf(b.by));
}

/** The names of all that choose a model. */
export function choosers(chosen: readonly Chosen[], k: number): string {
  return chosen
    .filter((each) => each.k === k)
    .map(({ by }) => by)
    .join(', ');
}

/** The share of the null deviance that a model explains; 0 where there is none to explain. */
export function shareExplained(deviance: number, nullDeviance: number): number {
  return nullDeviance > 0 ? 1 - deviance / nullDeviance : 0;
}

/** The share of the null deviance that each model explains. */
export function explained({
  deviance,
  nullDeviance,
}: Pick<PathRun['path'], 'deviance' | 'nullDeviance'>): Float64Array {
  return Float64Array.from(deviance, (value) => shareExplained(value, nullDeviance));
}

/** Returns true if the objective is convex: what is known of its models is then a gap. */
export const isConvex = ({ gap }: Pick<PathRun['path'], 'gap'>): boolean => gap.some((value) => !Number.isNaN(value));

/** The name of a coefficient by its place: its column, and of several classes the one that it is for. */
export function nameOf({ names, path }: Pick<PathRun, 'names' | 'path'>, place: number): string {
  const name = names[place % names.length] as string;
  return path.responses ? `${name}: ${nameOfResponse(path, Math.floor(place / names.length))}` : name;
}

/** The label of a class, or the number of a response. */
const nameOfResponse = ({ classes }: PathRun['path'], k: number): string => String(classes?.[k] ?? k + 1);

/** The places of the coefficients that are not 0, in order. */
export const placesOf = ({ coefficients }: SparseFit): number[] =>
  [...coefficients.keys()].filter((place) => coefficients[place] !== 0);

/** The intercepts with what they are called: one, or one of each class. */
export function interceptsOf({ path }: Pick<PathRun, 'path'>, fit: SparseFit): { name: string; value: number }[] {
  if (!fit.intercepts) return [{ name: 'intercept', value: fit.intercept }];
  return Array.from(fit.intercepts, (value, k) => ({ name: `intercept: ${nameOfResponse(path, k)}`, value }));
}
