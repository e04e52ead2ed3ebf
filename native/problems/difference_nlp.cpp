#include "problems/difference_nlp.hpp"

#include <utility>

#include "linalg/sparse/pattern_products.hpp"

namespace nonconvex {
namespace {

/// The lines of a matrix as its other lines; `order` gets which entry is the next one of the result.
SparsePattern transposed(const SparsePattern& pattern, std::vector<int>& order) {
  SparsePattern out = {.lines = pattern.width, .width = pattern.lines, .offsets = {}, .indices = {}};
  out.offsets.assign(at(pattern.width) + 1, 0);
  for (const int i : pattern.indices) ++out.offsets[at(i) + 1];
  for (std::size_t i = 1; i < out.offsets.size(); ++i) out.offsets[i] += out.offsets[i - 1];
  out.indices.resize(pattern.nonzeros());
  order.resize(pattern.nonzeros());
  std::vector<int> next(out.offsets.begin(), out.offsets.end() - 1);
  int k = 0;
  for (int line = 0; line < pattern.lines; ++line) {
    for (const int i : pattern.line(line)) {
      const std::size_t to = at(next[at(i)]++);
      out.indices[to] = line;
      order[to] = k++;
    }
  }
  return out;
}

/// Both triangles of a symmetric matrix by columns, from the lower one.
SparsePattern bothTriangles(const SparsePattern& lower) {
  std::vector<int> order;
  const SparsePattern upper = transposed(lower, order);
  SparsePattern both = {.lines = lower.lines, .width = lower.lines, .offsets = {0}, .indices = {}};
  for (int j = 0; j < lower.lines; ++j) {
    for (const int i : upper.line(j)) {
      if (i < j) both.indices.push_back(i);
    }
    for (const int i : lower.line(j)) both.indices.push_back(i);
    both.offsets.push_back(static_cast<int>(both.indices.size()));
  }
  return both;
}

/// The place of an entry of a line.
int placeOf(const SparsePattern& pattern, int line, int index) {
  const auto entries = pattern.line(line);
  return pattern.offsets[at(line)] +
         static_cast<int>(std::lower_bound(entries.begin(), entries.end(), index) - entries.begin());
}

/// A matrix of one row without zeros, by columns.
SparsePattern fullRow(int n) {
  SparsePattern row = {.lines = n, .width = 1, .offsets = {0}, .indices = std::vector<int>(at(n), 0)};
  for (int j = 1; j <= n; ++j) row.offsets.push_back(j);
  return row;
}

}  // namespace

DifferenceNlp::First::First(const Nlp& nlp, MissingDerivatives missing, DifferenceRule rule, const Box& box) {
  if (missing.gradient) gradient.emplace(fullRow(nlp.variables()), rule, box);
  if (!missing.jacobian || nlp.constraints() == 0) return;
  std::vector<int> order;
  jacobian.emplace(transposed(nlp.jacobianPattern(), order), rule, box);
  byColumns.resize(order.size());
}

DifferenceNlp::DifferenceNlp(std::shared_ptr<Nlp> of, MissingDerivatives missing, Box box)
    : of_(std::move(of)),
      missing_(missing),
      box_(std::move(box)),
      first_(*of_, missing, DifferenceRule::accurate(), box_),
      nested_(*of_, missing.hessian ? missing : MissingDerivatives(), DifferenceRule::nested(), box_),
      x_(at(of_->variables())),
      c_(at(of_->constraints())),
      jacobian_(of_->jacobianPattern().nonzeros()) {
  if (first_.jacobian) transposed(first_.jacobian->columns(), rowOrder_);
  if (!missing.hessian) return;
  const SparsePattern& lower = of_->hessianPattern();
  const SparsePattern both = bothTriangles(lower);
  for (int j = 0; j < lower.lines; ++j) {
    for (const int i : lower.line(j)) {
      below_.push_back(placeOf(both, j, i));
      above_.push_back(placeOf(both, i, j));
    }
  }
  hessian_.emplace(both, missing.first() ? DifferenceRule::nested() : DifferenceRule::cheap(), box_);
  both_.resize(both.nonzeros());
  otherC_.resize(c_.size());
  otherJacobian_.resize(jacobian_.size());
  base_.resize(x_.size());
}

void DifferenceNlp::moveTo(std::span<const double> x) {
  x_.assign(x.begin(), x.end());
  value_.reset();
  constraintsKnown_ = jacobianKnown_ = false;
  at_.clear();
}

void DifferenceNlp::place(std::span<const double> x) {
  if (std::equal(x.begin(), x.end(), at_.begin(), at_.end())) return;
  at_.assign(x.begin(), x.end());
  of_->moveTo(x);
}

double DifferenceNlp::objective() {
  if (value_) return *value_;
  place(x_);
  value_ = of_->objective();
  return *value_;
}

const std::vector<double>& DifferenceNlp::constraintsHere() {
  if (constraintsKnown_ || c_.empty()) return c_;
  place(x_);
  of_->constraintValues(c_);
  constraintsKnown_ = true;
  return c_;
}

const std::vector<double>& DifferenceNlp::jacobianHere() {
  if (jacobianKnown_ || jacobian_.empty()) return jacobian_;
  if (first_.jacobian) constraintsHere();
  jacobianAt(x_, c_, first_, jacobian_);
  jacobianKnown_ = true;
  return jacobian_;
}

void DifferenceNlp::constraintValues(std::span<double> c) {
  std::copy(constraintsHere().begin(), constraintsHere().end(), c.begin());
}

void DifferenceNlp::gradient(std::span<double> g) { gradientAt(x_, first_.gradient ? objective() : 0, first_, g); }

void DifferenceNlp::jacobian(std::span<double> values) {
  std::copy(jacobianHere().begin(), jacobianHere().end(), values.begin());
}

void DifferenceNlp::gradientAt(std::span<const double> x, double value, First& by, std::span<double> g) {
  if (!by.gradient) {
    place(x);
    return of_->gradient(g);
  }
  const auto evaluate = [&](std::span<const double> y, std::span<double> out) {
    place(y);
    out[0] = of_->objective();
  };
  (*by.gradient)(x, std::span(&value, 1), evaluate, g);
}

void DifferenceNlp::jacobianAt(std::span<const double> x, std::span<const double> c, First& by,
                               std::span<double> values) {
  if (!by.jacobian) {
    place(x);
    return of_->jacobian(values);
  }
  const auto evaluate = [&](std::span<const double> y, std::span<double> out) {
    place(y);
    of_->constraintValues(out);
  };
  (*by.jacobian)(x, c, evaluate, by.byColumns);
  for (std::size_t k = 0; k < rowOrder_.size(); ++k) values[k] = by.byColumns[at(rowOrder_[k])];
}

void DifferenceNlp::lagrangianAt(std::span<const double> x, double sigma, std::span<const double> lambda,
                                 std::span<double> g) {
  std::fill(g.begin(), g.end(), 0.0);
  if (sigma != 0) {
    double value = 0;
    if (nested_.gradient) {
      place(x);
      value = of_->objective();
    }
    gradientAt(x, value, nested_, g);
    for (double& entry : g) entry *= sigma;
  }
  if (lambda.empty()) return;
  if (nested_.jacobian) {
    place(x);
    of_->constraintValues(otherC_);
  }
  jacobianAt(x, otherC_, nested_, otherJacobian_);
  addTransposedRows(of_->jacobianPattern(), otherJacobian_, lambda, g);
}

void DifferenceNlp::hessian(double sigma, std::span<const double> lambda, std::span<double> values) {
  if (!hessian_) {
    place(x_);
    return of_->hessian(sigma, lambda, values);
  }
  lagrangianAt(x_, sigma, lambda, base_);
  const auto evaluate = [&](std::span<const double> y, std::span<double> g) { lagrangianAt(y, sigma, lambda, g); };
  (*hessian_)(x_, base_, evaluate, both_);
  // A column of a variable without room is not known, but its entries are also in other columns.
  const auto entry = [&](int place) { return both_[at(place)]; };
  forEachEntry(hessianPattern(), values, [&, k = std::size_t{0}](std::size_t j, std::size_t i, double) mutable {
    const double below = entry(below_[k]), above = entry(above_[k]);
    const bool both = hessian_->known(j) && hessian_->known(i);
    values[k++] = both ? 0.5 * (below + above) : hessian_->known(j) ? below : above;
  });
}

void DifferenceNlp::jacobianProduct(std::span<const double> v, std::span<double> out) {
  multiplyRows(jacobianPattern(), jacobianHere(), v, out);
}

void DifferenceNlp::jacobianTransposedProduct(std::span<const double> v, std::span<double> out) {
  std::fill(out.begin(), out.end(), 0.0);
  addTransposedRows(jacobianPattern(), jacobianHere(), v, out);
}

void DifferenceNlp::hessianProduct(double sigma, std::span<const double> lambda, std::span<const double> v,
                                   std::span<double> out) {
  if (!hessian_) {
    place(x_);
    return of_->hessianProduct(sigma, lambda, v, out);
  }
  hessianValues_.resize(hessianPattern().nonzeros());
  hessian(sigma, lambda, hessianValues_);
  multiplySymmetric(hessianPattern(), hessianValues_, v, out);
}

}  // namespace nonconvex
