// Fitted models as JSON: every kind goes round to the last bit and predicts as before in plain JavaScript; what is none is refused.
import Ajv2020 from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { type FittedModel, modelFromJson, modelToJson, regressionModel } from '../../src/exchange/index.js';
import { decisionFunction, predict, predictProbabilities } from '../../src/predict/index.js';
import { kinds, modelSchema } from '../../src/predict/models.js';
import { predict as native } from '../../src/relu/index.js';
import { differences, expectClose } from './compare.js';
import { allCases, networks, xNew } from './models.js';

const cases = await allCases();
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(modelSchema());

describe.each(cases)('$name', ({ model, x, options, prediction, probabilities, outputs }) => {
  const json = JSON.parse(JSON.stringify(modelToJson(model)));
  const back = modelFromJson(JSON.stringify(json));

  it('goes round to the last bit', () => {
    expect(json).toMatchObject({ format: 'nonconvex', version: 1, kind: back.kind });
    expect(differences(back, model)).toEqual([]);
    expect(modelToJson(back)).toEqual(modelToJson(model));
    expect(validate(json), JSON.stringify(validate.errors)).toBe(true);
  });

  it('predicts as it did', () => {
    expectClose(predict(back, x, options as never), prediction, 1e-12);
    const offset = options && 'offset' in options ? { offset: options.offset as never } : {};
    if (probabilities) expectClose(predictProbabilities(back, x, offset), probabilities, 1e-12);
    if (outputs) expectClose(decisionFunction(back as never, x, offset), outputs, 1e-12);
  });
});

it('every kind is tried', () => {
  const tried = new Set(cases.map(({ model }) => modelToJson(model).kind));
  expect([...tried].sort()).toEqual(kinds.map(({ kind }) => kind).sort());
});

it('a network that comes back is one for the addon', () => {
  const [network] = Object.values(networks);
  const back = modelFromJson(modelToJson(network as object));
  expect(native(back as never, xNew)).toEqual(native(network as never, xNew));
});

it('takes the network of a result, and copies that structuredClone made', () => {
  const network = networks.gated as object;
  expect(modelToJson({ network, status: 'solved' })).toEqual(modelToJson(network));
  expect(modelToJson(structuredClone(network))).toEqual(modelToJson(network));
});

it('the schema in the documentation is that of the package', async () => {
  // `npx vitest run test/exchange -u` writes it.
  await expect(`${JSON.stringify(modelSchema(), undefined, 1)}\n`).toMatchFileSnapshot('../../docs/model.schema.json');
});

it('reads the bytes of a file, of Buffer or another view of bytes', () => {
  const model = regressionModel({ coefficients: [1, 2], names: ['é', '雨'] });
  const text = JSON.stringify(modelToJson(model));
  expect(modelFromJson(Buffer.from(text))).toEqual(model);
  expect(modelFromJson(new TextEncoder().encode(text))).toEqual(model);
});

describe('junk', () => {
  const network = modelToJson(networks['three classes'] as object);
  const regression = modelToJson(regressionModel({ coefficients: [1, 2] }));
  const refuses = (json: unknown, message: string | RegExp) => {
    expect(() => modelFromJson(json as never)).toThrow(message);
  };

  it('is no JSON, no model, of another version or kind', () => {
    refuses('{', /JSON/);
    refuses('5', 'model = 5: expected an object');
    refuses([], 'model = an array: expected an object');
    refuses({}, "format = undefined: expected 'nonconvex', as modelToJson(model) has it");
    refuses({ ...network, version: 2 }, 'version = 2: expected 1');
    refuses({ ...network, kind: 'constructor' }, "kind = 'constructor': expected one of 'reluNetwork', 'sparseModel'");
  });

  it('lacks a member or has one too many', () => {
    for (const name of ['hiddenWeights', 'biases', 'loss', 'inputScale']) {
      refuses({ ...network, [name]: undefined }, `${name} = undefined: expected`);
      expect(validate({ ...network, [name]: undefined })).toBe(false);
    }
    refuses({ ...network, wieghts: [] }, "unknown member 'wieghts' of model. Known members: format, version, kind");
    refuses(`${JSON.stringify(regression).slice(0, -1)}, "__proto__": {"responses": 7}}`, "unknown member '__proto__'");
    expect(({} as { responses?: number }).responses).toBeUndefined();
  });

  it('has sizes that do not agree, however large they are', () => {
    const wide = { rows: 2 ** 30, columns: 2 ** 30, data: [] };
    refuses({ ...network, hiddenWeights: wide }, `hiddenWeights.data.length = 0: expected ${2 ** 60}`);
    refuses(
      { ...network, hiddenWeights: { rows: -1, columns: 1, data: [] } },
      'hiddenWeights.rows = -1: expected a whole',
    );
    refuses({ ...network, biases: [1] }, 'biases.length = 1: expected 5, as hiddenWeights.columns');
    refuses({ ...network, classes: ['a', 'b'] }, 'classes.length = 2: expected 3');
    refuses({ ...network, targetShift: [1, 2, 3] }, 'targetScale = undefined');
    refuses({ ...regression, responses: 2 ** 40 }, `coefficients.length = 2: expected a multiple of ${2 ** 40}`);
    refuses({ ...regression, intercept: 'NaN' }, 'intercept = NaN: expected a finite number');
  });

  it('has no numbers where they should be', () => {
    refuses({ ...network, biases: [1, 2, 3, null, 5] }, 'biases[3] = null: expected a finite number');
    refuses({ ...network, biases: [1, 2, 3, 'NaN', 5] }, "biases[3] = 'NaN': expected a finite number");
    refuses({ ...network, inputScale: [1, 0, 1] }, 'inputScale[1] = 0: expected a number > 0');
    refuses({ ...network, pattern: [0, 1, 1.5, 0, 2] }, 'pattern[2] = 1.5: expected an integer');
    refuses(
      { ...network, classes: ['a', 1, true] },
      'classes: expected an array of numbers, of strings or of booleans',
    );
    refuses({ ...network, activation: 'tanh' }, "activation = 'tanh': expected one of 'relu', 'gated'");
  });

  it.each(kinds)('in any member of $kind is refused in words, or read', ({ kind }) => {
    const { model } = cases.find((each) => modelToJson(each.model).kind === kind) as (typeof cases)[0];
    const json = modelToJson(model);
    const wide = { rows: 2, columns: 1e15, data: [] };
    const wrong = [
      null,
      0,
      -1,
      1.5,
      'x',
      [],
      {},
      true,
      [[]],
      [null],
      ['x'],
      wide,
      [Number.POSITIVE_INFINITY],
      undefined,
    ];
    const errors = Object.keys(json).flatMap((name) =>
      wrong.flatMap((value) => {
        try {
          modelFromJson({ ...json, [name]: value });
          return validate({ ...json, [name]: value }) || value !== undefined ? [] : [`${name} may be left out`];
        } catch (error) {
          return [String(error)];
        }
      }),
    );
    expect(errors.length).toBeGreaterThan(10);
    expect(errors.filter((error) => !/^(TypeError|RangeError): .*expected/.test(error))).toEqual([]);
  });

  it('is no fitted model', () => {
    expect(() => modelToJson(null as never)).toThrow('model = null: expected a fitted model, such as a network');
    expect(() => modelToJson({ x: [1] })).toThrow('model = an object: expected a fitted model');
    expect(() => predict({} as never, xNew)).toThrow('model = an object: expected a model, as modelFromJson gives it');
    const model = modelFromJson(network) as FittedModel;
    expect(() => predict(model, [[1, 2]])).toThrow('x: expected 3 columns, as the model was fitted to, got 2');
    expect(() => predict(model, [[1, 2, Number.NaN]])).toThrow('x[0][2] = NaN: expected a finite number');
    expect(() => predictProbabilities(modelFromJson(regression), [[1, 2]])).toThrow("family = 'gaussian'");
  });
});
