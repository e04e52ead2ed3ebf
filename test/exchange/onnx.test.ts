// Files of ONNX: models go to them and come back to the last bit; chains of other programs are read; what is none is refused.
// onnx.long.test.ts has other runtimes predict by them.
import { describe, expect, it } from 'vitest';
import { uniforms } from '../../src/core/random.js';
import { fromOnnx, modelFromJson, modelToJson, toOnnx } from '../../src/exchange/index.js';
import { predict } from '../../src/predict/index.js';
import { GraphBuilder, metadataKey } from '../../src/predict/onnxGraph.js';
import { decode, encode } from '../../src/predict/onnxSchema.js';
import { differences, expectClose, flat } from './compare.js';
import {
  type Case,
  networkCases,
  networks,
  numbers,
  otherCases,
  problemCases,
  regressionCases,
  xNew,
} from './models.js';

const others = await otherCases();
const cases: Case[] = [
  ...networkCases(),
  ...(await regressionCases()),
  ...(await problemCases()),
  ...others.filter(({ name }) => name === 'linearNetwork' || name === 'riskScore'),
];

it.each(cases)('$name goes round to the last bit', async ({ model, x, options, prediction }) => {
  const back = await fromOnnx(await toOnnx(model));
  expect(differences(back, model)).toEqual([]);
  expectClose(predict(back, x, options as never), prediction, 1e-12);
});

it('single precision keeps six digits', async () => {
  const model = networks['three classes'] as object;
  const [bytes, exact] = [await toOnnx(model, { precision: 'float32' }), await toOnnx(model)];
  expect(bytes.length).toBeLessThan(exact.length);
  const back = await fromOnnx(bytes);
  expect(flat(predict(back, xNew))).toEqual(flat(predict(modelFromJson(modelToJson(model)), xNew)));
  expect(differences(back, model)).not.toEqual([]);
});

/** A file of another program: the graph alone. */
function foreign(build: (graph: GraphBuilder, x: string) => string, columns: number | string = 3): Uint8Array {
  const graph = new GraphBuilder('float64');
  graph.output('y', build(graph, graph.input('x', ['rows', columns])), graph.real, ['rows', 1]);
  return encode({ ...graph.model('graph', ''), metadataProps: [] });
}

const x = numbers(21, 2);
const [W, b, v] = [numbers(12, 3), numbers(4, 4), numbers(8, 5)];
/** W^T x + b of row i. */
const hidden = (i: number): number[] =>
  [0, 1, 2, 3].map(
    (k) => (b[k] as number) + [0, 1, 2].reduce((s, j) => s + (x[3 * i + j] as number) * (W[4 * j + k] as number), 0),
  );

describe('a chain of another program', () => {
  it('is a network, with shifts and scales on the way and behind', async () => {
    const bytes = foreign((graph, input) => {
      const z = graph.node('Div', [
        graph.node('Sub', [input, graph.number('shift', 0.5)]),
        graph.numbers('scale', [1, 2, 4], [3]),
      ]);
      const h = graph.node('Relu', [
        graph.node('Gemm', [z, graph.numbers('W', W, [3, 4]), graph.numbers('b', b, [4])]),
      ]);
      // transB: the transposed of a 4 x 2 matrix.
      const f = graph.node('Gemm', [h, graph.numbers('v', v, [2, 4]), graph.numbers('c', [1, -1], [2])], { transB: 1 });
      return graph.node('Softmax', [f], { axis: 1 });
    });
    const model = await fromOnnx(bytes);
    expect(model).toMatchObject({ kind: 'reluNetwork', loss: 'softmax' });
    const wanted = Array.from({ length: 7 }, (_, i) => {
      const h = [0, 1, 2, 3].map((k) =>
        Math.max(
          0,
          (b[k] as number) +
            [0, 1, 2].reduce((s, j) => s + (((x[3 * i + j] as number) - 0.5) / 2 ** j) * (W[4 * j + k] as number), 0),
        ),
      );
      const e = [0, 1].map(
        (c) =>
          Math.exp([1, -1][c] as number) * Math.exp(h.reduce((s, each, k) => s + each * (v[4 * c + k] as number), 0)),
      );
      return e.map((each) => each / ((e[0] as number) + (e[1] as number)));
    });
    expectClose(predict(model, xNew), wanted.flat(), 1e-12);
  });

  it('is a regression, of columns that the first product says', async () => {
    const bytes = foreign((graph, input) => {
      const t = graph.node('Add', [
        graph.node('MatMul', [input, graph.numbers('W', W, [3, 4])]),
        graph.numbers('b', b, [4]),
      ]);
      return graph.node('Sub', [graph.number('c', 2), t]);
    }, 'columns');
    const model = await fromOnnx(bytes);
    expect(model).toMatchObject({ kind: 'regressionModel', family: 'gaussian', responses: 4 });
    const wanted = Array.from({ length: 7 }, (_, i) => hidden(i).map((t) => 2 - t));
    expectClose(predict(model, xNew), wanted.flat(), 1e-12);
  });

  it('is refused where it says more than such models do', async () => {
    const gemm = (graph: GraphBuilder, input: string) => graph.node('Gemm', [input, graph.numbers('W', W, [3, 4])]);
    const refused: [Uint8Array, string][] = [
      [
        foreign((graph, input) => graph.node('Tanh', [gemm(graph, input)])),
        "node 'tanh2' (Tanh): expected one of Gemm",
      ],
      [foreign((graph, input) => graph.node('Relu', [input])), 'expected a Gemm or MatMul with a constant matrix'],
      [
        foreign((graph, input) => gemm(graph, graph.node('Relu', [input]))),
        'expected a Gemm or MatMul in front of the Relu',
      ],
      [
        foreign((graph, input) => graph.node('Relu', [graph.node('Relu', [gemm(graph, input)])])),
        'expected at most one Relu',
      ],
      [
        foreign((graph, input) => graph.node('Add', [gemm(graph, input), 'nothing'])),
        'expected a constant tensor for input 1',
      ],
      [
        foreign((graph, input) => graph.node('Gemm', [input, graph.numbers('W', W, [4, 3])])),
        'a matrix of 4 rows, expected 3, the columns of x',
      ],
      [
        foreign((graph, input) => graph.node('Add', [gemm(graph, input), graph.numbers('b', [1, 2], [2])])),
        'expected a number for each of 4 columns, got 2',
      ],
      [
        foreign((graph, input) =>
          graph.node('Mul', [graph.node('Sigmoid', [gemm(graph, input)]), graph.number('two', 2)]),
        ),
        'expected nothing behind a Sigmoid',
      ],
      [
        foreign((graph, input) => graph.node('Add', [gemm(graph, input), graph.node('Relu', [input])])),
        "'x' has 2 uses",
      ],
    ];
    for (const [bytes, message] of refused) await expect(fromOnnx(bytes)).rejects.toThrow(message);
  });
});

describe('junk', () => {
  it('of bytes that were changed is refused in words, or read', async () => {
    const whole = [
      await toOnnx(networks['three classes'] as object),
      foreign((graph, input) => graph.node('Relu', [graph.node('Gemm', [input, graph.numbers('W', W, [3, 4])])])),
      foreign((graph, input) => graph.node('MatMul', [input, graph.numbers('W', W, [3, 4])])),
    ];
    const draw = uniforms(17);
    const messages: string[] = [];
    for (let k = 0; k < 60; ++k) {
      const bytes = Uint8Array.from(whole[k % 3] as Uint8Array);
      for (let n = 0; n < 3; ++n) bytes[Math.floor(draw() * bytes.length)] = Math.floor(256 * draw());
      const error = await fromOnnx(k % 5 === 0 ? bytes.subarray(0, Math.floor(draw() * bytes.length)) : bytes).then(
        () => undefined,
        (cause: Error) => cause,
      );
      if (error) messages.push(error.message);
    }
    // V8's messages about its own objects are no answer.
    expect(messages.length).toBeGreaterThan(8);
    expect(
      messages.filter((message) =>
        /Cannot read|is not (a function|iterable|defined)|array length|JSON at|in JSON/.test(message),
      ),
    ).toEqual([]);
  });

  it('is no file of ONNX', async () => {
    for (const bytes of [
      new Uint8Array(0),
      Uint8Array.of(1, 2, 3, 255),
      new TextEncoder().encode('{ "format": "nonconvex" }'),
    ]) {
      await expect(fromOnnx(bytes)).rejects.toThrow('bytes: expected a model of ONNX, got');
    }
    await expect(fromOnnx('model' as never)).rejects.toThrow("bytes = 'model': expected a Uint8Array");
    await expect(fromOnnx(new Float64Array(4) as never)).rejects.toThrow('expected a Uint8Array');
  });

  it('may be an ArrayBuffer', async () => {
    const { buffer } = Uint8Array.from(await toOnnx(networks.gated as object));
    expect(await fromOnnx(buffer)).toEqual(await fromOnnx(new Uint8Array(buffer)));
  });

  it('has tensors that are not there, or too short', async () => {
    const whole = decode(await toOnnx(networks.gated as object));
    const { graph, metadataProps } = whole;
    const without = {
      ...whole,
      graph: { ...graph, initializer: graph.initializer.filter(({ name }) => name !== 'biases') },
    };
    await expect(fromOnnx(encode(without))).rejects.toThrow(
      "biases: expected a tensor 'biases', which the graph does not have",
    );
    const initializer = graph.initializer.map((each) =>
      each.name === 'biases' ? { ...each, rawData: new Uint8Array(12) } : each,
    );
    await expect(fromOnnx(encode({ ...whole, graph: { ...graph, initializer } }))).rejects.toThrow(
      "tensor 'biases': 12 bytes",
    );
    const json = JSON.stringify({ ...JSON.parse(metadataProps[0]?.value as string), pattern: [9, 9, 9, 9, 9] });
    const other = { ...whole, metadataProps: [{ key: metadataKey, value: json }] };
    await expect(fromOnnx(encode(other))).rejects.toThrow('pattern[0] = 9: expected an integer in [0, 2]');
  });

  it('is a model without a form in ONNX', async () => {
    await expect(toOnnx(others[0]?.model as object)).rejects.toThrow(
      "model: of kind 'checkeredRegression', which has no form in ONNX",
    );
    await expect(toOnnx({})).rejects.toThrow('model = an object: expected a fitted model');
    await expect(toOnnx(networks.gated as object, { precision: 'float16' as never })).rejects.toThrow(
      "precision = 'float16'",
    );
  });
});
