#include "expressions/rows/row_model.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.hpp"
#include "core/index.hpp"

namespace nonconvex {
namespace {

/// Returns true if no second derivative of F has to do with a number behind the first n.
bool linearBehind(const SparsePattern& lower, int n) {
  for (int j = 0; j < lower.lines; ++j) {
    const int begin = lower.offsets[at(j)], end = lower.offsets[at(j) + 1];
    if (begin < end && (j >= n || *std::max_element(lower.indices.begin() + begin, lower.indices.begin() + end) >= n)) {
      return false;
    }
  }
  return true;
}

}  // namespace

RowModel::RowModel(int variables, const Graph& outer, const Graph* shared, std::vector<RowFormula> formulas,
                   std::vector<RowClosing> closings, std::vector<SumBlock> blocks)
    : variables_(variables), closings_(std::move(closings)), blocks_(std::move(blocks)) {
  for (const RowClosing& closing : closings_) sums_ = std::max(sums_, closing.first + closing.size);
  require(outer.variableCount() == variables + sums_, "outer: variables", outer.variableCount(),
          "expected " + show(variables + sums_));
  outer_ = std::make_shared<const CompiledModel>(outer);
  if (shared != nullptr) shared_ = std::make_shared<const CompiledModel>(*shared);
  for (const RowFormula& formula : formulas) {
    const int known = variables + (shared != nullptr ? shared->constraintCount() : 0);
    require(formula.graph.variableCount() == known, "formula: variables", formula.graph.variableCount(),
            "expected " + show(known));
    plans_.push_back(std::make_shared<const RowPlan>(rowPlanOf(formula.graph, variables, formula.outputs)));
  }
  for (const RowClosing& closing : closings_) {
    require(closing.table >= 0 && at(closing.table) < plans_.size(), "closing: table", closing.table, "expected fewer");
    const std::vector<RowPlan::Output>& outputs = plans_[at(closing.table)]->outputs;
    require(closing.output >= 0 && at(closing.output) < outputs.size(), "closing: output", closing.output,
            "expected fewer");
    require(outputs[at(closing.output)].place.size == closing.size, "closing: size", closing.size,
            "expected that of its output");
  }
  linear_ = linearBehind(outer_->hessian().pattern(), variables_);
}

std::size_t RowModel::bytes() const {
  return 100 * at(variables_ + sums_) + (shared_ ? 16 * shared_->plan().values.size() : 0);
}

// What is shared -----------------------------------------------------------------------------------------------------

template <class T>
RowTail<T>::RowTail(const RowProblem& problem, const RowPlan& plan)
    : n_(plan.variables), shared_(plan.shared - plan.variables), tail_(nonconvex::at(plan.theta() - plan.variables)) {
  std::transform(plan.constants.begin(), plan.constants.end(), tail_.begin() + shared_,
                 [](double constant) { return static_cast<T>(constant); });
  if (shared_ == 0) return;
  program_ = std::make_unique<Program>(problem.model->shared());
  program_->setParameters(problem.parameters);
  numbers_.resize(nonconvex::at(shared_));
  out_.resize(nonconvex::at(n_));
}

/// Numbers as doubles, in memory of their own if they are not.
template <class T>
std::span<const double> RowTail<T>::wide(const T* from, int count, std::vector<double>& to) const {
  to.assign(from, from + count);
  return to;
}

template <class T>
RowTheta<const T> RowTail<T>::at(const T* x) {
  if (program_) {
    program_->moveTo(wide(x, n_, x_));
    program_->constraintValues(numbers_);
    std::transform(numbers_.begin(), numbers_.end(), tail_.begin(), [](double u) { return static_cast<T>(u); });
  }
  return {x, tail_.data(), n_};
}

template <class T>
RowTheta<const T> RowTail<T>::along(const T* v) {
  tangent_.resize(tail_.size());
  if (program_) {
    program_->jacobianProduct(wide(v, n_, v_), numbers_);
    std::transform(numbers_.begin(), numbers_.end(), tangent_.begin(), [](double u) { return static_cast<T>(u); });
  }
  return {v, tangent_.data(), n_};
}

template <class T>
void RowTail<T>::addGradient(const T* adjoints, T* g) {
  if (!program_) return;
  program_->jacobianTransposedProduct(wide(adjoints, shared_, adjoints_), out_);
  for (std::size_t j = 0; j < out_.size(); ++j) g[j] += static_cast<T>(out_[j]);
}

template <class T>
void RowTail<T>::addAlong(const T* adjoints, const T* turned, const T* v, T* out) {
  if (!program_) return;
  addGradient(turned, out);
  program_->hessianProduct(0, wide(adjoints, shared_, adjoints_), wide(v, n_, v_), out_);
  for (std::size_t j = 0; j < out_.size(); ++j) out[j] += static_cast<T>(out_[j]);
}

template class RowTail<double>;
template class RowTail<float>;

// The mean over rows -------------------------------------------------------------------------------------------------

namespace {

/// The table of all closings, which have to be means or sums over its rows.
int onlyTable(const RowModel& model) {
  const std::vector<RowClosing>& closings = model.closings();
  if (closings.empty()) {
    throw Error(ErrorKind::range, "objective: expected a mean or a sum over rows, as in rows.mean(loss)");
  }
  for (const RowClosing& closing : closings) {
    if (closing.kind == RowClosing::Kind::max) {
      throw Error(ErrorKind::range, "objective: has rows.max: expected means and sums over rows");
    }
    if (closing.table != closings[0].table) {
      throw Error(ErrorKind::range, "objective: has sums over the rows of two tables: expected one");
    }
  }
  if (!model.linear()) {
    throw Error(ErrorKind::range,
                "objective: is no linear function of its means and sums over rows: expected one, so that it is a mean");
  }
  return closings[0].table;
}

}  // namespace

RowSumSource::RowSumSource(RowProblem problem)
    : problem_(std::move(problem)), table_(problem_.tables[at(onlyTable(*problem_.model))]) {}

template <class T>
RowSum<T>::RowSum(const RowProblem& problem)
    : model_(problem.model), convex_(problem.convex), strongConvexity_(problem.strongConvexity) {
  const std::size_t table = at(onlyTable(*model_));
  const std::shared_ptr<const RowPlan>& plan = model_->plans()[table];
  lanes_ = std::make_unique<RowLanes<T>>(BoundRows(plan, problem.tables[table]));
  tail_ = std::make_unique<RowTail<T>>(problem, *plan);
  outer_ = std::make_unique<Program>(model_->outer());
  outer_->setParameters(problem.parameters);

  // The coefficients of F in s: f_i = sum seeds entries.
  point_.assign(at(model_->variables() + model_->sums()), 0);
  out_.resize(point_.size());
  outer_->moveTo(point_);
  outer_->gradient(out_);
  std::vector<int> firsts;
  int entries = 0;
  for (const RowPlan::Output& output : plan->outputs) {
    firsts.push_back(entries);
    entries += output.place.size;
  }
  seeds_.assign(at(entries), 0);
  for (const RowClosing& closing : model_->closings()) {
    const double times = closing.kind == RowClosing::Kind::sum ? rows() : 1;
    for (int j = 0; j < closing.size; ++j) {
      const double of = out_[at(model_->variables() + closing.first + j)];
      seeds_[at(firsts[at(closing.output)] + j)] += static_cast<T>(times * of);
    }
  }
  sums_.resize(at(entries));
  const Plan& outer = model_->outer()->plan();
  const auto& of = outer.objective.indices;
  hasRest_ = std::any_of(outer.stages.begin(), outer.stages.end(), [](const Stage& stage) { return stage.active; }) ||
             std::any_of(of.begin(), of.end(), [&](int k) { return k < model_->variables(); }) ||
             outer_->objective() != 0;
  tailGradient_.resize(at(plan->shared - plan->variables));
  tailAlong_.resize(tailGradient_.size());
}

template <class T>
double RowSum<T>::meanOf(int rows) const {
  double sum = 0;
  for (std::size_t e = 0; e < sums_.size(); ++e) {
    if (seeds_[e] != 0) sum += static_cast<double>(seeds_[e]) * sums_[e];
  }
  return sum / rows;
}

template <class T>
double RowSum<T>::value(RowSet rows, const T* x) {
  lanes_->run({.rows = rows, .theta = tail_->at(x), .sums = sums_.data()}, *la_);
  return meanOf(rows.count);
}

template <class T>
double RowSum<T>::gradient(RowSet rows, const T* weights, const T* x, T* g) {
  lanes_->run({.rows = rows,
               .theta = tail_->at(x),
               .sums = sums_.data(),
               .seeds = seeds_.data(),
               .weights = weights,
               .factor = T(1) / static_cast<T>(rows.count),
               .gradient = {g, tailGradient_.data(), variables()}},
              *la_);
  tail_->addGradient(tailGradient_.data(), g);
  return meanOf(rows.count);
}

template <class T>
void RowSum<T>::hessianProduct(RowSet rows, const T* x, const T* v, T* out) {
  scratch_.resize(at(variables()));
  const RowTheta<const T> theta = tail_->at(x);
  lanes_->run({.rows = rows,
               .theta = theta,
               .seeds = seeds_.data(),
               .factor = T(1) / static_cast<T>(rows.count),
               .gradient = tail_->shared() > 0 ? RowTheta<T>{scratch_.data(), tailGradient_.data(), variables()}
                                               : RowTheta<T>{},
               .tangent = tail_->along(v),
               .along = {out, tailAlong_.data(), variables()}},
              *la_);
  tail_->addAlong(tailGradient_.data(), tailAlong_.data(), v, out);
}

template <class T>
void RowSum<T>::lossOfRows(RowSet rows, const T* x, double* losses) {
  each_.resize(at(rows.count) * sums_.size());
  lanes_->run({.rows = rows, .theta = tail_->at(x), .each = each_.data()}, *la_);
  for (int k = 0; k < rows.count; ++k) {
    double loss = 0;
    for (std::size_t e = 0; e < sums_.size(); ++e) {
      if (seeds_[e] != 0) loss += static_cast<double>(seeds_[e]) * each_[at(k) * sums_.size() + e];
    }
    losses[k] = loss;
  }
}

template <class T>
void RowSum<T>::normOfRows(RowSet rows, const T* x, double* norms) {
  if (lanes_->bound().plan->separate && tail_->shared() == 0) {
    lanes_->run({.rows = rows, .theta = tail_->at(x), .seeds = seeds_.data(), .squares = norms}, *la_);
    for (int k = 0; k < rows.count; ++k) norms[k] = std::sqrt(norms[k]);
    return;
  }
  std::vector<T> g(at(variables()));
  for (int k = 0; k < rows.count; ++k) {
    gradient(rows.part(k, 1), nullptr, x, g.data());
    double squared = 0;
    for (const T entry : g) squared += static_cast<double>(entry) * static_cast<double>(entry);
    norms[k] = std::sqrt(squared);
  }
}

template <class T>
void RowSum<T>::moveRest(const T* x) {
  std::copy(x, x + variables(), point_.begin());
  outer_->moveTo(point_);
}

template <class T>
double RowSum<T>::addRest(const T* x, T* g) {
  if (!hasRest_) return 0;
  moveRest(x);
  if (g != nullptr) {
    outer_->gradient(out_);
    for (int j = 0; j < variables(); ++j) g[j] += static_cast<T>(out_[at(j)]);
  }
  return outer_->objective();
}

template <class T>
void RowSum<T>::addRestProduct(const T* x, const T* v, T* out) {
  if (!hasRest_) return;
  moveRest(x);
  wide_.assign(point_.size(), 0);
  std::copy(v, v + variables(), wide_.begin());
  outer_->hessianProduct(1, {}, wide_, out_);
  for (int j = 0; j < variables(); ++j) out[j] += static_cast<T>(out_[at(j)]);
}

template <class T>
void RowSum<T>::typicalFactors(std::span<double> s) const {
  std::fill(s.begin(), s.end(), 1.0);
  const BoundRows& bound = lanes_->bound();
  for (const RowProduct& product : bound.plan->products) {
    if (product.column < 0 || !product.weightsActive || product.weights >= variables()) continue;
    const std::vector<double>& squares = bound.table->meanSquares(product.column);
    for (int i = 0; i < product.rows; ++i) {
      for (int j = 0; j < product.columns; ++j) {
        const double square = squares[at(product.transposed ? i : j)];
        if (square > 0) s[at(product.weights + i * product.columns + j)] = std::sqrt(square);
      }
    }
  }
}

template class RowSum<double>;
template class RowSum<float>;

}  // namespace nonconvex
