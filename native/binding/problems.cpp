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
#include "binding/operand.hpp"
#include "binding/ranks.hpp"
#include "binding/registry.hpp"
#include "binding/settings.hpp"
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

/// The matrix of a regression, whose numbers are looked at once.
class RegressionMatrix {
 public:
  explicit RegressionMatrix(const Reader& in) : numbers(in) {}

  const OwnOperand numbers;

  /// Throws, once, where a number is not finite; the message calls the matrix x.
  void check(const Cpu& la) const {
    std::call_once(checked_, [&] { numbers.requireFinite("x", [&] { la.abortPoint(); }); });
  }

 private:
  mutable std::once_flag checked_;
};

/// A regression's data as solves read them, which the first of them makes: of a large sparse matrix that takes long.
class RegressionRows {
 public:
  RegressionRows(GlmData::Rows rows, std::shared_ptr<const RegressionMatrix> x)
      : rows_(std::move(rows)), x_(std::move(x)) {
    rows_.matrix.rows = x_->numbers.rows();
    rows_.matrix.columns = x_->numbers.columns();
  }

  std::shared_ptr<const GlmData> get(const Cpu& la) const {
    const auto pause = [&] { la.abortPoint(); };
    const auto make = [&] {
      if (x_->numbers.sparse()) rows_.matrix = copyBy(Lines::rows, *x_->numbers.sparse(), pause);
      auto made = std::make_shared<const GlmData>(std::move(rows_));
      x_.reset();
      return made;
    };
    return made_.get(make, [&] {
      pause();
      return false;
    });
  }
  const GlmData::Rows& rows() const { return rows_; }
  GlmData::Rows& rows() { return rows_; }
  std::size_t bytes() const {
    constexpr std::size_t ofEntry = 20, ofRow = 24;  // as GlmData has them
    return ofRow * at(rows_.matrix.rows) + (x_->numbers.sparse() ? ofEntry : sizeof(double)) * x_->numbers.entries();
  }

 private:
  mutable GlmData::Rows rows_;  // until the first solve
  mutable std::shared_ptr<const RegressionMatrix> x_;
  mutable Once<GlmData> made_;
};

/// Adds the rows of a matrix from their diagonal entry on, or all of them, to those of others; without the zeros of a
/// dense one.
void addRows(const ConstantMatrix& matrix, bool fromDiagonal, SparsePattern& pattern, std::vector<double>& values,
             const Pause& pause) {
  constexpr std::size_t piece = 1 << 16;  // entries
  pattern.lines += matrix.rows;
  pattern.width = matrix.columns;
  std::size_t seen = piece;
  for (int i = 0; i < matrix.rows; ++i) {
    seen += matrix.dense() ? at(matrix.columns) : at(matrix.offsets[at(i) + 1] - matrix.offsets[at(i)]) + 1;
    if (pause && seen > piece) {
      pause();
      seen = 0;
    }
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

/// Memory for the most that lines may have.
void reserve(std::size_t lines, std::size_t entries, SparsePattern& pattern, std::vector<double>& values) {
  pattern.offsets.reserve(lines + 1);
  pattern.indices.reserve(entries);
  values.reserve(entries);
}

/// A quadratic program's data as solves read them, made of copies by the first of them, or at once.
class QuadraticRows {
 public:
  QuadraticRows(const Reader& in, bool unchecked) : unchecked_(unchecked), Q_(in.object("Q")) {
    const int n = Q_->rows();
    require(Q_->columns() == n, in.pathOf("Q.columns"), Q_->columns(), "expected " + show(n));
    linear_ = copyOf(in, "linear", n);
    constant_ = in.number("constant");
    for (const char* const name : {"A", "G"}) {
      if (!in.has(name)) continue;
      rows_.emplace_back(name, in.object(name));
      const OwnOperand& rows = rows_.back().second;
      require(rows.columns() == n, in.pathOf(name) + ".columns", rows.columns(), "expected " + show(n));
      if (name[0] != 'A') continue;
      right_ = copyOf(in, "b", rows.rows());
      equations_ = rows.rows();
    }
  }

  std::shared_ptr<const QuadraticData> get(const Cpu& la) const {
    const auto pause = [&] { la.abortPoint(); };
    return made_.get([&] { return made(pause); },
                     [&] {
                       pause();
                       return false;
                     });
  }
  /// Throws, as LinearEquations does, where no x satisfies A x = b.
  void checkEquations(const Cpu& la) const {
    const std::shared_ptr<const QuadraticData> data = get(la);
    const auto make = [&] {
      const SparsePattern& rows = data->rows;
      const auto first = rows.offsets.begin();
      const auto end = static_cast<std::ptrdiff_t>(rows.offsets[at(equations_)]);
      SparseMatrix A{.rows = equations_,
                     .columns = rows.width,
                     .values = {data->rowValues.begin(), data->rowValues.begin() + end},
                     .offsets = {first, first + equations_ + 1},
                     .indices = {rows.indices.begin(), rows.indices.begin() + end}};
      const auto b = data->right.begin();
      LinearEquations(std::move(A), {b, b + equations_}).check();
      return std::make_shared<const bool>(true);
    };
    if (equations_ > 0) {
      sound_.get(make, [&] {
        la.abortPoint();
        return false;
      });
    }
  }
  /// About what the data take; asked before they are made.
  std::size_t bytes() const {
    std::size_t entries = Q_->entries();
    for (const auto& [name, rows] : rows_) entries += rows.entries();
    return 12 * entries + 8 * (linear_.size() + right_.size());
  }

 private:
  std::shared_ptr<const QuadraticData> made(const Pause& pause) const {
    auto data = std::make_shared<QuadraticData>();
    // Memory for all entries, so that it need not grow, which copies what is there without a look at an abort.
    std::size_t lines = 0, entries = 0;
    for (const auto& [name, rows] : rows_) {
      lines += at(rows.rows());
      entries += rows.entries();
    }
    reserve(at(Q_->rows()), Q_->entries(), data->lower, data->lowerValues);
    reserve(lines, entries, data->rows, data->rowValues);
    if (unchecked_) {
      Q_->requireFinite("Q", pause);
      Q_->requireSymmetric("Q", pause);
      for (const auto& [name, rows] : rows_) rows.requireFinite(name, pause);
    }
    addRows(Q_->byRows(pause), true, data->lower, data->lowerValues, pause);
    data->rows.width = Q_->columns();
    for (const auto& [name, rows] : rows_) addRows(rows.byRows(pause), false, data->rows, data->rowValues, pause);
    data->linear = std::move(linear_);
    data->constant = constant_;
    data->right = std::move(right_);
    data->right.resize(static_cast<std::size_t>(data->rows.lines));
    Q_.reset();
    rows_.clear();
    return data;
  }

  bool unchecked_;
  int equations_ = 0;
  double constant_ = 0;
  // Until the data are made of them.
  mutable std::optional<OwnOperand> Q_;
  mutable std::vector<double> linear_, right_;
  mutable std::vector<std::pair<std::string, OwnOperand>> rows_;
  mutable Once<QuadraticData> made_;
  mutable Once<bool> sound_;
};

Napi::Object quadraticHandle(Napi::Env env, QuadraticData made) {
  const auto data = std::make_shared<const QuadraticData>(std::move(made));
  const auto make = [data](const Reader&) -> NlpSource { return std::make_shared<QuadraticNlp>(data); };
  return makeHandle(env, make, data->bytes());
}

/// compileQuadratic({ Q, linear, constant, A, b, G, unchecked }) -> a handle; of Q, symmetric, the upper triangle is
/// read. The constraints are A x - b and G x, either of which may be left out. If it is `unchecked` the first solve
/// reads the matrices, and looks whether numbers are finite and Q is symmetric.
Napi::Value compileQuadratic(Napi::Env env, const Reader& in) {
  const bool unchecked = in.has("unchecked");
  const auto rows = std::make_shared<const QuadraticRows>(in, unchecked);
  const std::size_t bytes = rows->bytes();
  if (!unchecked) rows->get(Cpu());
  const auto make = [rows](const Reader&) -> NlpSource {
    return [rows](const Cpu& la) { return std::make_shared<QuadraticNlp>(rows->get(la)); };
  };
  if (!unchecked) return makeHandle(env, make, bytes, {.check = checkOf(readEquations(in))});
  return makeHandle(env, make, bytes, {.check = [rows](const Cpu& la) { rows->checkEquations(la); }});
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

/// compileRegression({ loss, x, y, weights, offset, ridge, ranks, constraints, start, A, b, squaredNorm }) -> a handle.
/// `x` is a matrix, of which the handle has a copy, whose numbers the first solve looks at if it is `unchecked`;
/// `constraints` is what compileModel gives. The first solve checks the part A x = b, ||x||^2 = squaredNorm of them,
/// and moves `start`, if there is one, to where they hold as equations.
Napi::Value compileRegression(Napi::Env env, const Reader& in) {
  const bool unchecked = in.has("unchecked");
  auto x = std::make_shared<const RegressionMatrix>(in.object("x"));
  const auto data = std::make_shared<RegressionRows>(GlmData::Rows(), x);
  const std::size_t bytes = data->bytes();
  GlmData::Rows& rows = data->rows();
  rows.family = valueNamed<GlmFamily>(in.pathOf("loss"), in.text("loss"));
  rows.y = copyOf(in, "y", rows.matrix.rows);
  rows.weights = copyOf(in, "weights", rows.matrix.rows);
  if (in.has("offset")) rows.offset = copyOf(in, "offset", rows.matrix.rows);
  rows.ridge = copyOf(in, "ridge", rows.matrix.columns);
  rows.ranks = readRanks(in);
  std::shared_ptr<SharedProgram> constraints;
  std::shared_ptr<const FeasibleStart> start;
  if (in.has("constraints")) {
    constraints = compiledProgram(in, "constraints");
    require(constraints->variables() == rows.matrix.columns, in.pathOf("constraints"), constraints->variables(),
            "expected as many variables as columns");
  }
  if (constraints && in.has("start")) {
    start = std::make_shared<const FeasibleStart>(copyOf(in, "start", rows.matrix.columns),
                                                  [constraints] { return borrow(constraints); });
  }
  if (x->numbers.sparse()) x.reset();  // given back where `data` has made rows of it
  const auto make = [data, constraints, dense = std::move(x), unchecked](const Reader&) -> NlpSource {
    return [=](const Cpu& la) -> std::shared_ptr<Nlp> {
      if (dense && unchecked) dense->check(la);
      auto objective = std::make_unique<GlmObjective>(data->get(la), dense ? dense->numbers.dense() : MatrixInput());
      return std::make_shared<ConstrainedObjective>(std::move(objective),
                                                    constraints ? borrow(constraints, {}, la) : nullptr);
    };
  };
  return makeHandle(env, make, bytes, {.check = checkOf(readEquations(in)), .start = start});
}

const RegisterFunction ofProblems[] = {{"compileRegression", compileRegression, "problem"},
                                       {"compileQuadratic", compileQuadratic, "problem"},
                                       {"compileControl", compileControl, "problem"}};

}  // namespace
}  // namespace nonconvex
