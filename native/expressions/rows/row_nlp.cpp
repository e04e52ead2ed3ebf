#include "expressions/rows/row_nlp.hpp"

#include <algorithm>
#include <utility>

#include "core/index.hpp"

namespace nonconvex {
namespace {

SparsePattern lowerTriangle(int n) {
  SparsePattern lower{.lines = n, .width = n, .offsets = {0}, .indices = {}};
  const bool dense = n <= RowNlp::mostColumns;
  for (int j = 0; j < n; ++j) {
    for (int i = j; dense && i < n; ++i) lower.indices.push_back(i);
    lower.offsets.push_back(static_cast<int>(lower.indices.size()));
  }
  return lower;
}

std::span<const int> lineOf(const SparsePattern& pattern, int i) {
  const int begin = pattern.offsets[at(i)];
  return std::span(pattern.indices).subspan(at(begin), at(pattern.offsets[at(i) + 1] - begin));
}

}  // namespace

RowNlp::RowNlp(const RowProblem& problem)
    : model_(problem.model),
      n_(model_->variables()),
      sums_(model_->sums()),
      outer_(std::make_unique<Program>(model_->outer())),
      tables_(model_->plans().size()),
      pattern_(lowerTriangle(n_)),
      point_(at(n_ + sums_)),
      wide_(point_.size()),
      out_(point_.size()) {
  outer_->setParameters(problem.parameters);
  const std::vector<int>& inConstraints = outer_->jacobianPattern().indices;
  sumsInConstraints_ = std::any_of(inConstraints.begin(), inConstraints.end(), [this](int j) { return j >= n_; });
  for (std::size_t t = 0; t < tables_.size(); ++t) {
    Table& table = tables_[t];
    const std::shared_ptr<const RowPlan>& plan = model_->plans()[t];
    table.lanes = std::make_unique<RowLanes<double>>(BoundRows(plan, problem.tables[t]));
    table.tail = std::make_unique<RowTail<double>>(problem, *plan);
    int entries = 0;
    for (const RowPlan::Output& output : plan->outputs) {
      table.firsts.push_back(entries);
      entries += output.place.size;
    }
    table.sums.resize(at(entries));
    table.seeds.resize(at(entries));
    table.rowOfLargest.resize(at(entries));
    table.tailGradient.resize(at(plan->shared - plan->variables));
    table.tailAlong.resize(table.tailGradient.size());
  }
  for (const RowClosing& closing : model_->closings()) {
    Table& table = tables_[at(closing.table)];
    table.largest |= closing.kind == RowClosing::Kind::max;
  }
}

NlpFacts RowNlp::facts() const {
  return {.linearConstraints = outer_->facts().linearConstraints && !sumsInConstraints_, .hessianByProducts = true};
}

const SparsePattern& RowNlp::jacobianPattern() const {
  if (jacobianPattern_) return *jacobianPattern_;
  const SparsePattern& outer = outer_->jacobianPattern();
  SparsePattern& made = jacobianPattern_.emplace();
  made = {.lines = outer.lines, .width = n_, .offsets = {0}, .indices = {}};
  for (int i = 0; i < outer.lines; ++i) {
    const std::span<const int> line = lineOf(outer, i);
    if (isFull(line)) {
      for (int j = 0; j < n_; ++j) made.indices.push_back(j);
    } else {
      made.indices.insert(made.indices.end(), line.begin(), line.end());
    }
    made.offsets.push_back(static_cast<int>(made.indices.size()));
  }
  return made;
}

/// Returns true if a constraint, with these entries of [x | s], has sums in it.
bool RowNlp::isFull(std::span<const int> line) const {
  return std::any_of(line.begin(), line.end(), [this](int j) { return j >= n_; });
}

void RowNlp::moveTo(std::span<const double> x) {
  std::copy(x.begin(), x.end(), point_.begin());
  summed_ = moved_ = eachKnown_ = false;
}

void RowNlp::evaluateSums() {
  if (summed_) return;
  for (std::size_t t = 0; t < tables_.size(); ++t) {
    Table& table = tables_[t];
    const RowSet rows = all(table);
    if (table.largest) table.each.resize(at(rows.count) * table.sums.size());
    table.lanes->run({.rows = rows,
                      .theta = table.tail->at(point_.data()),
                      .sums = table.sums.data(),
                      .each = table.largest ? table.each.data() : nullptr},
                     *la_);
    closeSums(static_cast<int>(t));
  }
  summed_ = true;
}

/// The numbers of s of a table, from sums over its rows and from their values.
void RowNlp::closeSums(int t) {
  Table& table = tables_[at(t)];
  const int rows = all(table).count;
  const std::size_t entries = table.sums.size();
  for (const RowClosing& closing : model_->closings()) {
    if (closing.table != t) continue;
    for (int j = 0; j < closing.size; ++j) {
      const auto e = at(table.firsts[at(closing.output)] + j);
      double& s = point_[at(n_ + closing.first + j)];
      s = closing.kind == RowClosing::Kind::mean ? table.sums[e] / rows : table.sums[e];
      if (closing.kind != RowClosing::Kind::max) continue;
      int largest = 0;
      for (int i = 1; i < rows; ++i) {
        if (!(table.each[at(i) * entries + e] <= table.each[at(largest) * entries + e])) largest = i;
      }
      table.rowOfLargest[e] = largest;
      s = table.each[at(largest) * entries + e];
    }
  }
}

void RowNlp::moveOuter() {
  evaluateSums();
  if (!moved_) outer_->moveTo(point_);
  moved_ = true;
}

double RowNlp::objective() {
  moveOuter();
  return outer_->objective();
}

void RowNlp::constraintValues(std::span<double> c) {
  moveOuter();
  outer_->constraintValues(c);
}

/// Calls run(table, rows) for the sums of all rows with their seeds, and for each row that a maximum is of.
template <class Run>
void RowNlp::forSeeds(std::span<const double> of, Run&& run) {
  for (std::size_t t = 0; t < tables_.size(); ++t) {
    Table& table = tables_[t];
    const RowSet rows = all(table);
    std::fill(table.seeds.begin(), table.seeds.end(), 0.0);
    for (const RowClosing& closing : model_->closings()) {
      if (at(closing.table) != t || closing.kind == RowClosing::Kind::max) continue;
      const double factor = closing.kind == RowClosing::Kind::mean ? 1.0 / rows.count : 1;
      for (int j = 0; j < closing.size; ++j) {
        table.seeds[at(table.firsts[at(closing.output)] + j)] += factor * of[at(closing.first + j)];
      }
    }
    const bool any = std::any_of(table.seeds.begin(), table.seeds.end(), [](double seed) { return seed != 0; });
    if (any) run(table, rows);
    for (const RowClosing& closing : model_->closings()) {
      if (at(closing.table) != t || closing.kind != RowClosing::Kind::max) continue;
      for (int j = 0; j < closing.size; ++j) {
        const auto e = at(table.firsts[at(closing.output)] + j);
        if (of[at(closing.first + j)] == 0) continue;
        std::fill(table.seeds.begin(), table.seeds.end(), 0.0);
        table.seeds[e] = of[at(closing.first + j)];
        run(table, RowSet::range(table.rowOfLargest[e], 1));
      }
    }
  }
}

void RowNlp::addGradientOfSums(std::span<const double> of, double* g) {
  scratch_.resize(at(n_));
  forSeeds(of, [&](Table& table, RowSet rows) {
    table.lanes->run({.rows = rows,
                      .theta = table.tail->at(point_.data()),
                      .seeds = table.seeds.data(),
                      .gradient = {scratch_.data(), table.tailGradient.data(), n_}},
                     *la_);
    table.tail->addGradient(table.tailGradient.data(), scratch_.data());
    for (int j = 0; j < n_; ++j) g[j] += scratch_[at(j)];
  });
}

void RowNlp::addProductOfSums(std::span<const double> of, std::span<const double> v, double* out) {
  scratch_.resize(at(n_));
  result_.resize(at(n_));
  forSeeds(of, [&](Table& table, RowSet rows) {
    const RowTheta<const double> theta = table.tail->at(point_.data());
    const bool shared = table.tail->shared() > 0;
    table.lanes->run(
        {.rows = rows,
         .theta = theta,
         .seeds = table.seeds.data(),
         .gradient = shared ? RowTheta<double>{scratch_.data(), table.tailGradient.data(), n_} : RowTheta<double>{},
         .tangent = table.tail->along(v.data()),
         .along = {result_.data(), table.tailAlong.data(), n_}},
        *la_);
    table.tail->addAlong(table.tailGradient.data(), table.tailAlong.data(), v.data(), result_.data());
    for (int j = 0; j < n_; ++j) out[j] += result_[at(j)];
  });
}

void RowNlp::gradient(std::span<double> g) {
  moveOuter();
  outer_->gradient(out_);
  std::copy_n(out_.begin(), n_, g.begin());
  addGradientOfSums(std::span(out_).subspan(at(n_)), g.data());
}

void RowNlp::jacobian(std::span<double> values) {
  moveOuter();
  if (!sumsInConstraints_) {
    outer_->jacobian(values);
    return;
  }
  const SparsePattern& outer = outer_->jacobianPattern();
  outerJacobian_.resize(outer.indices.size());
  outer_->jacobian(outerJacobian_);
  findEachGradient();
  std::size_t from = 0, to = 0;
  for (int i = 0; i < outer.lines; ++i) {
    const std::span<const int> line = lineOf(outer, i);
    if (!isFull(line)) {
      for (std::size_t e = 0; e < line.size(); ++e) values[to++] = outerJacobian_[from++];
      continue;
    }
    const std::span<double> full = values.subspan(to, at(n_));
    std::fill(full.begin(), full.end(), 0.0);
    for (const int j : line) {
      const double factor = outerJacobian_[from++];
      if (j < n_) {
        full[at(j)] += factor;
      } else {
        const double* const g = eachGradient_.data() + at(j - n_) * at(n_);
        for (int k = 0; k < n_; ++k) full[at(k)] += factor * g[k];
      }
    }
    to += at(n_);
  }
}

void RowNlp::widen(std::span<const double> v, bool sums) {
  std::fill(std::copy(v.begin(), v.end(), wide_.begin()), wide_.end(), 0.0);
  if (!sums) return;
  findEachGradient();
  for (int k = 0; k < sums_; ++k) {
    const double* const g = eachGradient_.data() + at(k) * at(n_);
    for (int j = 0; j < n_; ++j) wide_[at(n_ + k)] += g[j] * v[at(j)];
  }
}

void RowNlp::jacobianProduct(std::span<const double> v, std::span<double> out) {
  moveOuter();
  widen(v, sumsInConstraints_);
  outer_->jacobianProduct(wide_, out);
}

void RowNlp::jacobianTransposedProduct(std::span<const double> v, std::span<double> out) {
  moveOuter();
  outer_->jacobianTransposedProduct(v, out_);
  std::copy_n(out_.begin(), n_, out.begin());
  if (sumsInConstraints_) addGradientOfSums(std::span(out_).subspan(at(n_)), out.data());
}

/// The gradients of all numbers of s, which the Jacobian takes, and second derivatives in them.
void RowNlp::findEachGradient() {
  if (eachKnown_) return;
  eachGradient_.assign(at(n_) * at(sums_), 0);
  std::vector<double> one(at(sums_));
  for (int k = 0; k < sums_; ++k) {
    one[at(k)] = 1;
    addGradientOfSums(one, eachGradient_.data() + at(k) * at(n_));
    one[at(k)] = 0;
  }
  eachKnown_ = true;
}

/// The Hessian of L(x, s(x)), L = sigma F + lambda^T c, times v is, with g_k = grad s_k, L_xx v + L_xs (g v) +
/// sum_k (L_sx v + L_ss (g v))_k g_k + sum_k L_sk Hess s_k v.
void RowNlp::hessianProduct(double sigma, std::span<const double> lambda, std::span<const double> v,
                            std::span<double> out) {
  moveOuter();
  widen(v, !model_->linear());
  outer_->hessianProduct(sigma, lambda, wide_, out_);
  std::copy_n(out_.begin(), n_, out.begin());
  if (!model_->linear()) {
    for (int k = 0; k < sums_; ++k) {
      const double* const g = eachGradient_.data() + at(k) * at(n_);
      for (int j = 0; j < n_; ++j) out[at(j)] += out_[at(n_ + k)] * g[j];
    }
  }
  const std::span<double> of = std::span(wide_).first(at(sums_));
  std::fill(of.begin(), of.end(), 0.0);
  const auto add = [&](double factor) {
    for (int k = 0; k < sums_; ++k) of[at(k)] += factor * out_[at(n_ + k)];
  };
  if (sigma != 0) {
    outer_->gradient(out_);
    add(sigma);
  }
  if (sumsInConstraints_) {
    outer_->jacobianTransposedProduct(lambda, out_);
    add(1);
  }
  if (std::any_of(of.begin(), of.end(), [](double each) { return each != 0; })) addProductOfSums(of, v, out.data());
}

void RowNlp::hessian(double sigma, std::span<const double> lambda, std::span<double> values) {
  std::vector<double> unit(at(n_)), column(at(n_));
  std::size_t to = 0;
  for (int j = 0; j < n_ && pattern_.nonzeros() > 0; ++j) {
    unit[at(j)] = 1;
    hessianProduct(sigma, lambda, unit, column);
    unit[at(j)] = 0;
    for (int i = j; i < n_; ++i) values[to++] = column[at(i)];
  }
}

}  // namespace nonconvex
