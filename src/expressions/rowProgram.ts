// Programs of models with sums over rows.
import type { RowModelRequest, RowTableHandle, Solvers } from '../core/addon.js';
import { rangeError } from '../core/argumentError.js';
import { SolverError } from '../core/error.js';
import { convexityOf } from './curvature.js';
import type { Node } from './expression.js';
import { type CompiledParts, PerAddon } from './program.js';
import { kinkOf, type RowModelParts, rowPartsOf } from './rowModel.js';
import type { ColumnLike, RowTable, RowTableRequest } from './rows.js';
import type { Variable } from './variable.js';

interface RowProgramParts extends Omit<CompiledParts, 'deviceSupport' | 'handle' | 'writable'> {
  variables: readonly Variable[];
  parameterCount: number;
  objective: Node | undefined;
  functions: readonly Node[];
  /** Formulas that every row is asked for. */
  each: readonly Node[];
}

type TableHandle = PerAddon<RowTableRequest, RowTableHandle>;

/** Handles of the columns of a table in the addons, made again when there are new data. */
class TableHandles {
  readonly #table: RowTable;
  readonly #columns: readonly string[];
  #version: object | undefined;
  #handle: TableHandle | undefined;

  constructor(table: RowTable, columns: readonly string[]) {
    this.#table = table;
    this.#columns = columns;
  }

  get present(): TableHandle {
    if (this.#handle === undefined || this.#version !== this.#table.version) {
      this.#version = this.#table.version;
      this.#handle = tableHandle(() => this.#table.request(this.#columns));
    }
    return this.#handle;
  }
}

function tableHandle(request: () => RowTableRequest): TableHandle {
  return new PerAddon(request, (native, table: RowTableRequest) => native.rowTable(table));
}

/** The program of a model in whose objective, or in whose formulas for each row, there are rows. */
export function compiledRows({
  variables,
  parameterCount,
  objective,
  functions,
  each,
  ...rest
}: RowProgramParts): CompiledParts {
  const { parts, tables, places } = rowPartsOf(objective, functions, rest.n, each);
  const blocks = variables.map(({ name, offset, shape, size }) => {
    const columns = shape.length === 2 ? shape[1] : 1;
    return { name, offset, rows: size / columns, columns };
  });
  const model = new PerAddon(
    (): RowModelRequest => ({ n: rest.n, parameters: new Float64Array(parameterCount), blocks, ...parts }),
    (native, request) => native.compileRows(request),
  );
  const data = tables.map(({ table, columns }) => new TableHandles(table, columns));
  return {
    ...rest,
    deviceSupport: { cpuOnly: 'models with sums over rows' },
    handle: model.handle,
    rowCount: () => tables[0]?.table.count ?? 0,
    outputPlaces: places,
    tables: (native, others) =>
      (others === undefined ? data.map(({ present }) => present) : [otherTable(tables, others)]).map((table) =>
        table.handle(native),
      ),
    ahead: (native, leave) => allAhead(data, native, leave),
    writable: () => {
      throw new SolverError('UNSUPPORTED', 'a model with sums over rows: .nl files have none');
    },
    ...(objective && { convexity: () => convexityOf(objective, rest.n, rest.parameters()) }),
    kink: kinkOf([objective, ...functions]),
  };
}

/** Other data in the place of those of the only table. */
function otherTable(tables: RowModelParts['tables'], others: Record<string, ColumnLike>): TableHandle {
  const [only] = tables;
  if (tables.length === 1 && only) return tableHandle(() => only.table.request(only.columns, others));
  throw rangeError(`rows: given for outputs of ${tables.length} tables: expected those of one`);
}

/** Makes what takes long, one after the other; undefined where nothing does. */
function allAhead(
  data: readonly TableHandles[],
  native: Solvers,
  leave: AbortSignal | undefined,
): Promise<boolean> | undefined {
  const waiting = data.map(({ present }) => present.ahead(native, leave)).filter((promise) => promise !== undefined);
  return waiting.length === 0 ? undefined : Promise.all(waiting).then((made) => made.every((done) => done));
}
