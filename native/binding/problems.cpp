// Problems of known form, with kernels of their own, as programs.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "binding/model.hpp"
#include "binding/registry.hpp"
#include "core/index.hpp"
#include "core/lazy_shared.hpp"
#include "problems/constrained_objective.hpp"
#include "problems/glm/objective.hpp"
#include "problems/quadratic_nlp.hpp"

namespace nonconvex {
namespace {

std::vector<double> copyOf(const Reader& in, const char* name, int length) {
  const auto found = in.vector(name);
  require(found.size() == static_cast<std::size_t>(length), in.pathOf(name) + ".length", found.size(),
          "expected " + show(length));
  return {found.begin(), found.end()};
}

/// A dense matrix with the copy that its numbers are in.
struct OwnMatrix {
  MatrixInput numbers;
  std::vector<Copy> copies;

  explicit OwnMatrix(const Reader& in) {
    Inputs inputs;
    numbers = Reader(in.asObject(), inputs, in.path()).asMatrix();
    copies = std::move(inputs.copies);
  }
  std::size_t bytes() const { return copies.front()->size(); }

  /// Throws, once, where a number is not finite; the message calls the matrix x.
  void check() const {
    std::call_once(checked_, [&] {
      const std::size_t columns = at(numbers.columns);
      for (int i = 0; i < numbers.rows; ++i) {
        double sum = 0;  // of zeros, or NaN
        for (int j = 0; j < numbers.columns; ++j) sum += 0 * numbers(i, j);
        for (std::size_t j = 0; sum != 0 && j < columns; ++j) {
          const double entry = numbers(i, static_cast<int>(j));
          if (!std::isfinite(entry)) {
            require(false, "x[" + show(i) + "][" + show(j) + "]", entry, "expected a finite number");
          }
        }
      }
    });
  }

 private:
  mutable std::once_flag checked_;
};

/// A regression's data as solves read them, which the first of them makes: of a large sparse matrix that takes long.
class RegressionRows {
 public:
  /// `x`: the sparse matrix, if it is one.
  RegressionRows(GlmData::Rows rows, const Reader* x) : rows_(std::move(rows)) {
    if (x == nullptr) return;
    Inputs inputs;
    sparse_ = Reader(x->asObject(), inputs, x->path()).asSparse();
    copies_ = std::move(inputs.copies);
    rows_.matrix.rows = sparse_->rows;
    rows_.matrix.columns = sparse_->columns;
  }

  std::shared_ptr<const GlmData> get() const {
    const auto make = [&] {
      if (sparse_) rows_.matrix = copyBy(Lines::rows, *sparse_);
      auto made = std::make_shared<const GlmData>(std::move(rows_));
      sparse_.reset();
      copies_.clear();
      return made;
    };
    return made_.get(make, [] { return false; });
  }
  const GlmData::Rows& rows() const { return rows_; }
  GlmData::Rows& rows() { return rows_; }
  std::size_t bytes() const {
    constexpr std::size_t ofEntry = 20, ofRow = 24;  // as GlmData has them
    return ofRow * at(rows_.matrix.rows) + (sparse_ ? ofEntry * sparse_->values.size() : 0);
  }

 private:
  mutable GlmData::Rows rows_;  // until the first solve
  mutable std::optional<SparseView> sparse_;
  mutable std::vector<Copy> copies_;
  mutable Once<GlmData> made_;
};

/// Adds the rows of a matrix from their diagonal entry on, or all of them, to those of others; without the zeros of a
/// dense one.
void addRows(const ConstantMatrix& matrix, bool fromDiagonal, SparsePattern& pattern, std::vector<double>& values) {
  pattern.lines += matrix.rows;
  pattern.width = matrix.columns;
  for (int i = 0; i < matrix.rows; ++i) {
    matrix.forRow(i, [&](int j, double value) {
      if ((fromDiagonal && j < i) || (matrix.dense() && value == 0)) return;
      pattern.indices.push_back(j);
      values.push_back(value);
    });
    if (pattern.indices.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
      throw Error(ErrorKind::solver, "a matrix has more entries than an int counts", "TOO_LARGE");
    }
    pattern.offsets.push_back(static_cast<int>(pattern.indices.size()));
  }
}

Napi::Object quadraticHandle(Napi::Env env, QuadraticData made, BeforeSolves before = {}) {
  const auto data = std::make_shared<const QuadraticData>(std::move(made));
  const auto make = [data](const Reader&) -> NlpSource { return std::make_shared<QuadraticNlp>(data); };
  return makeHandle(env, make, data->bytes(), std::move(before));
}

/// compileQuadratic({ Q, linear, A, b, G }) -> a handle; of Q, symmetric, the upper triangle is read. The constraints
/// are A x - b and G x, either of which may be left out.
Napi::Value compileQuadratic(Napi::Env env, const Reader& in) {
  QuadraticData data;
  addRows(readMatrix(in.object("Q")), true, data.lower, data.lowerValues);
  const int n = data.lower.lines;
  require(data.lower.width == n, in.pathOf("Q.columns"), data.lower.width, "expected " + show(n));
  data.linear = copyOf(in, "linear", n);
  data.rows.width = n;
  for (const char* const name : {"A", "G"}) {
    if (!in.has(name)) continue;
    const ConstantMatrix rows = readMatrix(in.object(name));
    require(rows.columns == n, in.pathOf(name) + ".columns", rows.columns, "expected " + show(n));
    addRows(rows, false, data.rows, data.rowValues);
    if (name[0] == 'A') data.right = copyOf(in, "b", rows.rows);
  }
  data.right.resize(static_cast<std::size_t>(data.rows.lines));
  return quadraticHandle(env, std::move(data), {.equations = readEquations(in)});
}

/// compileControl({ side, target, weight, source }) -> a handle; native/problems/quadratic_nlp.hpp says of what.
Napi::Value compileControl(Napi::Env env, const Reader& in) {
  const int side = in.integer("side");
  constexpr int most = 16384;  // 2 side^2 unknowns are to be counted by an int
  require(side >= 1 && side <= most, in.pathOf("side"), side, "expected 1 to " + show(most));
  const std::vector<double> target = copyOf(in, "target", side * side);
  const std::vector<double> source = copyOf(in, "source", side * side);
  return quadraticHandle(env, poissonControl(side, target, in.number("weight"), source));
}

/// compileRegression({ loss, x, y, weights, offset, ridge, constraints, start, A, b, squaredNorm }) -> a handle. `x` is
/// a matrix, of which the handle has a copy, whose numbers the first solve looks at if it is `unchecked`; `constraints`
/// is what compileModel gives. The first solve checks the part A x = b, ||x||^2 = squaredNorm of them, and moves
/// `start`, if there is one, to where they hold as equations.
Napi::Value compileRegression(Napi::Env env, const Reader& in) {
  const Reader x = in.object("x");
  const bool sparse = x.has("format"), unchecked = in.has("unchecked");
  const auto data = std::make_shared<RegressionRows>(GlmData::Rows(), sparse ? &x : nullptr);
  GlmData::Rows& rows = data->rows();
  rows.family = valueNamed<GlmFamily>(in.pathOf("loss"), in.text("loss"));
  std::shared_ptr<const OwnMatrix> dense;
  if (!sparse) {
    dense = std::make_shared<const OwnMatrix>(x);
    rows.matrix.rows = dense->numbers.rows;
    rows.matrix.columns = dense->numbers.columns;
  }
  rows.y = copyOf(in, "y", rows.matrix.rows);
  rows.weights = copyOf(in, "weights", rows.matrix.rows);
  if (in.has("offset")) rows.offset = copyOf(in, "offset", rows.matrix.rows);
  rows.ridge = copyOf(in, "ridge", rows.matrix.columns);
  std::shared_ptr<SharedProgram> constraints;
  std::shared_ptr<const FeasibleStart> start;
  if (in.has("constraints")) {
    constraints = compiledProgram(in, "constraints");
    require(constraints->graph().variableCount() == rows.matrix.columns, in.pathOf("constraints"),
            constraints->graph().variableCount(), "expected as many variables as columns");
  }
  if (constraints && in.has("start")) {
    start = std::make_shared<const FeasibleStart>(copyOf(in, "start", rows.matrix.columns),
                                                  [constraints] { return borrow(constraints); });
  }
  const auto make = [data, constraints, dense, unchecked](const Reader&) -> NlpSource {
    return [data, constraints, dense, unchecked]() -> std::shared_ptr<Nlp> {
      if (dense && unchecked) dense->check();
      auto objective = std::make_unique<GlmObjective>(data->get(), dense ? dense->numbers : MatrixInput());
      return std::make_shared<ConstrainedObjective>(std::move(objective), constraints ? borrow(constraints) : nullptr);
    };
  };
  const std::size_t bytes = data->bytes() + (dense ? dense->bytes() : 0);
  return makeHandle(env, make, bytes, {.equations = readEquations(in), .start = start});
}

const RegisterFunction ofProblems[] = {{"compileRegression", compileRegression, "problem"},
                                       {"compileQuadratic", compileQuadratic, "problem"},
                                       {"compileControl", compileControl, "problem"}};

}  // namespace
}  // namespace nonconvex
