#include "binding/rows.hpp"

#include <cstring>
#include <utility>

#include "binding/job.hpp"
#include "binding/model.hpp"
#include "binding/operand.hpp"
#include "binding/registry.hpp"
#include "binding/shared_handle.hpp"
#include "core/index.hpp"
#include "core/memory.hpp"
#include "expressions/rows/row_nlp.hpp"

namespace nonconvex {
namespace {

// Tables -------------------------------------------------------------------------------------------------------------

/// Copies numbers to large pages: rows are drawn from all over them.
template <class T>
void assignRows(std::vector<T>& to, const T* from, std::size_t count) {
  to.reserve(count);
  wishLargePages(to.data(), count * sizeof(T));
  to.assign(from, from + count);
}

RowColumn readColumn(const Reader& in) {
  RowColumn column;
  column.name = in.text("name");
  const Reader from = in.object("values");
  if (from.has("format")) {
    column.form = RowColumn::Form::sparse;
    column.sparse = copyBy(Lines::rows, from.asSparse());
    column.width = column.sparse.columns;
    return column;
  }
  const MatrixInput dense = from.asMatrix();
  column.width = dense.columns;
  const std::size_t count = at(dense.rows) * at(dense.columns);
  if (dense.f64 != nullptr) {
    assignRows(column.doubles, dense.f64, count);
  } else {
    column.form = RowColumn::Form::floats;
    assignRows(column.floats, dense.f32, count);
  }
  return column;
}

/// rowTable({ rows, columns: [{ name, values }] }) -> a handle; `values` is a matrix of as many rows, dense or sparse.
Napi::Value rowTable(Napi::Env env, const Reader& in) {
  std::vector<RowColumn> columns;
  for (const Reader& column : in.list("columns")) columns.push_back(readColumn(column));
  auto table = std::make_shared<const RowTable>(in.integer("rows"), std::move(columns));
  const std::size_t bytes = table->bytes();
  return SharedHandle<const RowTable>::wrap(env, std::move(table), bytes, HandleTag::rowTable);
}

// Models -------------------------------------------------------------------------------------------------------------

Graph readGraph(const Reader& in, int variables, std::vector<double> parameters) {
  std::vector<ConstantMatrix> matrices;
  for (const Reader& matrix : in.list("matrices")) matrices.push_back(readMatrix(matrix));
  Graph graph =
      Graph::parse(variables, std::move(parameters), in.integers("code"), in.vector("numbers"), std::move(matrices));
  if (const int objective = in.integer("objective"); objective >= 0) graph.minimize(objective);
  for (const std::int32_t node : in.integers("constraints")) graph.equalZero(node);
  return graph;
}

std::vector<RowClosing> readClosings(const Reader& in) {
  const auto numbers = in.integers("closings");  // kind, table, output, first, size of each
  std::vector<RowClosing> closings;
  for (std::size_t k = 0; k + 5 <= numbers.size(); k += 5) {
    closings.push_back(
        {static_cast<RowClosing::Kind>(numbers[k]), numbers[k + 1], numbers[k + 2], numbers[k + 3], numbers[k + 4]});
  }
  return closings;
}

std::vector<SumBlock> readBlocks(const Reader& in) {
  std::vector<SumBlock> blocks;
  for (const Reader& block : in.list("blocks")) {
    blocks.push_back({block.text("name"), block.integer("offset"), block.integer("rows"), block.integer("columns")});
  }
  return blocks;
}

std::shared_ptr<const RowModel> readModel(const Reader& in) {
  const int n = in.integer("n");
  const int sums = in.integer("sums");
  const auto given = in.vector("parameters");
  const std::vector<double> parameters(given.begin(), given.end());
  const Graph outer = readGraph(in.object("outer"), n + sums, parameters);
  const Graph shared = readGraph(in.object("shared"), n, parameters);
  const int known = shared.constraintCount();
  std::vector<RowFormula> formulas;
  for (const Reader& formula : in.list("formulas")) {
    const auto outputs = formula.integers("outputs");
    formulas.push_back({readGraph(formula, n + known, {}), {outputs.begin(), outputs.end()}});
  }
  return std::make_shared<const RowModel>(n, outer, known > 0 ? &shared : nullptr, std::move(formulas),
                                          readClosings(in), readBlocks(in));
}

/// compileRows({ n, sums, parameters, outer, shared, formulas, closings, blocks }) -> a handle;
/// native/expressions/rows/row_model.hpp says what the parts are.
Napi::Value compileRows(Napi::Env env, const Reader& in) {
  std::shared_ptr<const RowModel> model = readModel(in);
  const std::size_t bytes = model->bytes();
  const Napi::Object rows = SharedHandle<const RowModel>::wrap(env, std::move(model), bytes, HandleTag::rowModel);
  const auto make = [](const Reader& request) -> NlpSource {
    return [problem = readRowProblem(request)]() -> std::shared_ptr<Nlp> { return std::make_shared<RowNlp>(problem); };
  };
  const Napi::Object handle = makeHandle(env, make, bytes);
  handle.Set("rows", rows);
  return handle;
}

// Predictions --------------------------------------------------------------------------------------------------------

/// Values of what closes no rows, and of outputs of each row, at a point.
class EvaluateRowsJob final : public Job {
 public:
  explicit EvaluateRowsJob(const Reader& in) : problem_(readRowProblem(in)) {
    const auto x = in.vector("x");
    require(x.size() == at(problem_.model->variables()), in.pathOf("x.length"), x.size(),
            "expected " + show(problem_.model->variables()));
    x_.assign(x.begin(), x.end());
  }

  void run(WorkerPool& pool, Monitor& monitor) override {
    const Cpu la(&pool, 0, &monitor);
    if (problem_.model->outer()->plan().constraints > 0) {
      RowNlp whole(problem_);
      whole.runOn(la);
      whole.moveTo(x_);
      closed_.resize(at(whole.constraints()));
      whole.constraintValues(closed_);
    }
    for (std::size_t t = 0; t < problem_.tables.size(); ++t) {
      const std::shared_ptr<const RowPlan>& plan = problem_.model->plans()[t];
      RowLanes<double> lanes(BoundRows(plan, problem_.tables[t]));
      RowTail<double> tail(problem_, *plan);
      const int rows = problem_.tables[t]->rows();
      std::vector<double> each(at(rows) * at(lanes.entries()));
      lanes.run({.rows = RowSet::range(0, rows), .theta = tail.at(x_.data()), .each = each.data()}, la);
      each_.push_back(std::move(each));
    }
  }
  Napi::Object result(Napi::Env env) override {
    Writer out(env);
    out.vector("closed", closed_);
    const Napi::Array tables = Napi::Array::New(env, each_.size());
    for (std::uint32_t t = 0; t < each_.size(); ++t) tables.Set(t, typedArray(env, each_[t]));
    out.value("each", tables);
    return out.object();
  }

 private:
  RowProblem problem_;
  std::vector<double> x_, closed_;
  std::vector<std::vector<double>> each_;
};

/// evaluateRows({ program, tables, parameters, x }) -> { promise } of { closed, each }: the entries of the constraints
/// of `outer`, and for each table those of the outputs of its formula, row after row.
Napi::Value evaluateRows(Napi::Env env, const Reader& in) {
  return Environment::of(env).start(std::make_shared<EvaluateRowsJob>(in));
}

const RegisterFunction ofRows[] = {
    {"rowTable", rowTable, "rows"}, {"compileRows", compileRows, "model"}, {"evaluateRows", evaluateRows, "request"}};

}  // namespace

std::shared_ptr<const FiniteSumSource> readRowSum(const Reader& in) {
  RowProblem problem = readRowProblem(in);
  problem.convex = in.has("convex") && in.boolean("convex");
  if (problem.convex) problem.strongConvexity = in.number("strongConvexity");
  return std::make_shared<const RowSumSource>(std::move(problem));
}

RowProblem readRowProblem(const Reader& in) {
  const Napi::Value rows = in.object("program").asObject().Get("rows");
  if (!rows.IsObject()) throw Error(ErrorKind::type, in.pathOf("program") + ": expected a model with sums over rows");
  RowProblem problem;
  problem.model = SharedHandle<const RowModel>::of(rows.As<Napi::Object>(), in.pathOf("program"), HandleTag::rowModel);
  for (const Reader& table : in.list("tables")) {
    problem.tables.push_back(SharedHandle<const RowTable>::of(table.asObject(), table.path(), HandleTag::rowTable));
  }
  require(problem.tables.size() == problem.model->plans().size(), in.pathOf("tables.length"), problem.tables.size(),
          "expected " + show(problem.model->plans().size()));
  const auto parameters = in.vector("parameters");
  problem.parameters.assign(parameters.begin(), parameters.end());
  return problem;
}

}  // namespace nonconvex
