// All kinds of models: read from JSON, told from one another, described by a JSON schema.
import { types } from 'node:util';
import { rangeError, typeError } from '../core/argumentError.js';
import { show } from '../core/check.js';
import type { Matrix, MatrixLike } from '../core/matrix.js';
import type { Label } from '../core/targets.js';
import { type CurveModel, curveKind } from './curve.js';
import { checkHead, format, type Kind, type ModelJson, readModel, version, writeModel } from './kind.js';
import { completedMatrixKind, linearNetworkKind } from './matrices.js';
import { membersSchema, record } from './members.js';
import { type NetworkModel, networkKind } from './network.js';
import { type RegressionModel, regressionKind, sparseKind } from './regression.js';
import * as verbs from './verbs.js';

/** A model of another kind, such as `checkeredRegression`, with the functions of the result that it was. */
export interface OtherModel {
  readonly kind: 'completedMatrix' | Exclude<verbs.VerbKind, 'riskScore'>;
  predict(x: unknown, options?: object): unknown;
}

/** A deep linear network, `trainLinearNetwork`. */
export interface LinearNetworkModel {
  readonly kind: 'linearNetwork';
  /** The product of the rows of x with the matrices, a row for each. */
  predict(x: MatrixLike): Matrix;
}

/** A score card, `riskScore`. */
export interface RiskScoreModel {
  readonly kind: 'riskScore';
  /** The risk of each row (`'response'`, the default), its total (`'total'`), or the likelier class (`'class'`). */
  predict(x: MatrixLike, options: { type: 'class' }): Label[];
  predict(x: MatrixLike, options?: { type?: 'response' | 'total' | undefined }): Float64Array;
  /** Probabilities of the two classes. */
  predictProbabilities(x: MatrixLike): Matrix;
}

/** A model that a file of ONNX can hold. */
export type OnnxModel = NetworkModel | RegressionModel | LinearNetworkModel | RiskScoreModel;

/** A model that predicts. */
export type FittedModel = OnnxModel | CurveModel | OtherModel;

/** All kinds, in the order in which they are tried: marks of those before are not all among the members of those after. */
export const kinds = [
  networkKind,
  sparseKind,
  regressionKind,
  linearNetworkKind,
  completedMatrixKind,
  curveKind,
  ...Object.values(verbs),
] as const as readonly Kind[];

/**
 * The model of JSON that `modelToJson` made, with the numbers that it had to the last bit: parsed, as text, or the bytes of a file of it.
 * @throws TypeError or RangeError that names the member and says what is wrong with it, SyntaxError of text that is no JSON.
 */
export function modelFromJson(json: ModelJson | string | Uint8Array): FittedModel {
  const text = types.isUint8Array(json) ? new TextDecoder().decode(json) : json;
  const given = record('model', typeof text === 'string' ? JSON.parse(text) : text);
  checkHead(given);
  const kind = kinds.find((each) => each.kind === given.kind);
  if (kind) return readModel(kind, given) as FittedModel;
  throw rangeError(`kind = ${show(given.kind)}: expected one of ${kinds.map((each) => show(each.kind)).join(', ')}`);
}

/**
 * A fitted model as plain data for `JSON.stringify`: a network, or a result or estimator that has one; a model of a path; a result that
 * predicts. Members that say how it was solved, such as the history, are left out.
 * @throws TypeError for what is no fitted model, or has a member that is none of its kind.
 */
export function modelToJson(model: object): ModelJson {
  const { kind, of } = kindOf(model);
  return writeModel(kind, of);
}

/** The kind of a model, and the model itself where it is the network of a result. */
export function kindOf(model: object): { kind: Kind; of: object } {
  const given = Object(model) as { network?: object };
  const of = Object(given.network ?? given) as object;
  const kind = kinds.find(({ marks }) => marks.every((name) => (of as Record<string, unknown>)[name] !== undefined));
  if (kind) return { kind, of };
  const such = 'such as a network, path.fit(k), the result of sparseRegression or problem.model(result)';
  throw typeError(`model = ${show(model)}: expected a fitted model, ${such}`);
}

/** How many columns the x of a model has; undefined if it predicts from more than rows of numbers. */
export function columnsOf(model: FittedModel): number | undefined {
  return kinds.find((each) => each.kind === model.kind)?.columns?.(model);
}

/** The JSON schema (draft 2020-12) of all kinds of models. */
export function modelSchema(): object {
  const words = (of: string[]) => ({ anyOf: [{ type: 'number' }, { enum: of }] });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A fitted model of nonconvex',
    oneOf: kinds.map(({ kind }) => ({ $ref: `#/$defs/${kind}` })),
    $defs: {
      number: words(['-0']),
      anyNumber: words(['-0', 'NaN', 'Infinity', '-Infinity']),
      matrix: {
        type: 'object',
        properties: {
          rows: { type: 'integer', minimum: 0 },
          columns: { type: 'integer', minimum: 0 },
          data: { type: 'array', items: { $ref: '#/$defs/number' }, description: 'Row after row.' },
        },
        required: ['rows', 'columns', 'data'],
        additionalProperties: false,
      },
      ...Object.fromEntries(
        kinds.map(({ kind, members }) => [
          kind,
          membersSchema(members, { format: { const: format }, version: { const: version }, kind: { const: kind } }),
        ]),
      ),
    },
  };
}
