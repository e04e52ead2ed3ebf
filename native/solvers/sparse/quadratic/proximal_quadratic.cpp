#include "solvers/sparse/quadratic/proximal_quadratic.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "linalg/vectors.hpp"
#include "methods/composite/accelerated.hpp"

namespace nonconvex {
namespace {

/// lambda norm(b), with proximal steps of length 1 / L: lambda / L has one rounding less than lambda times that.
struct WeightedNorm {
  StructuredPenalty& norm;
  double lambda;
  const double& lipschitz;

  double value(In b) { return lambda * norm.value(b); }
  void prox(double, In b, Out out) { norm.prox(b, lambda / lipschitz, out); }
};

}  // namespace

struct ProximalQuadratic::Tuning {
  static constexpr int mostGradients = 5000;  ///< safeguard: gradients of one quadratic
  static constexpr int mostParts = 100;       ///< safeguard: parts of the coefficients in turn
  static constexpr int betweenPatterns = 10;  ///< measured: gradients between solutions on a pattern
  static constexpr int mostGroups = 1500;     ///< safeguard: groups for whose values equations are solved
  static constexpr double safety = 1.02;      ///< safeguard: factor of an estimate of the largest eigenvalue
};

void PartOfForm::gather(QuadraticForm& from, std::span<const int> places) {
  from.needGram();
  size_ = static_cast<int>(places.size());
  if (gram_.cols() < size_) gram_ = HostMatrix<double>(size_ + size_ / 2, size_ + size_ / 2, Uninitialized{});
  for (int e = 0; e < size_; ++e) {
    const double* column = from.gram(places[at(e)]);
    double* out = gram_.column(e);
    for (int f = 0; f < size_; ++f) out[f] = column[places[at(f)]];
  }
}

void ProximalQuadratic::resize() {
  for (auto* each : {&b, &q, &next_, &move_, &product_}) each->resize(at(form_.size()));
  forget();
}

void ProximalQuadratic::hessianProduct(std::span<const double> d, std::span<double> out) {
  std::fill(out.begin(), out.end(), 0.0);
  for (int e = 0; e < form_.size(); ++e) {
    if (d[at(e)] != 0) axpy(d[at(e)], {form_.gram(e), d.size()}, out);
  }
}

void ProximalQuadratic::estimateLipschitz() {
  constexpr int atFirst = 30, later = 10;
  const int products = largest_.size() == b.size() ? later : atFirst;
  const auto product = [&](In v, Out out) { hessianProduct(v, out); };
  lipschitz_ = Tuning::safety * std::max(largest_.improve(b.size(), products, product).quotient, 1e-300);
}

double ProximalQuadratic::violation(double lambda) {
  if (b.empty()) return 0;
  form_.needGram();
  if (lipschitz_ == 0) estimateLipschitz();
  addScaled(b, -1 / lipschitz_, q, move_);
  penalty_.prox(move_, lambda / lipschitz_, next_);
  double most = 0;
  for (std::size_t e = 0; e < b.size(); ++e) most = std::max(most, std::abs(b[e] - next_[e]));
  return lipschitz_ * most;
}

/// What the objective changes by from b to a point, of which `product` is G times the move.
double ProximalQuadratic::change(std::span<const double> to, std::span<const double> product, double lambda) {
  double sum = lambda * (penalty_.value(to) - penalty_.value(b));
  for (std::size_t e = 0; e < b.size(); ++e) sum += (to[e] - b[e]) * (q[e] + product[e] / 2);
  return sum;
}

/// Moves to the minimiser on the pattern of b, or a part of the way, where the objective falls; whether it did.
bool ProximalQuadratic::patternStep(double lambda) {
  penalty_.pattern(b, pattern_);
  const int groups = pattern_.groups();
  if (groups == 0 || groups > Tuning::mostGroups) return false;
  HostMatrix<double> a(groups, groups), c(groups, 1);
  for (int k = 0; k < groups; ++k) c(k, 0) = -lambda * pattern_.slopes[at(k)];
  for (std::size_t e = 0; e < b.size(); ++e) {
    const int k = pattern_.group[e];
    if (k < 0) continue;
    c(k, 0) -= pattern_.sign[e] * q[e];
    const double* column = form_.gram(static_cast<int>(e));
    for (std::size_t f = 0; f < b.size(); ++f) {
      const int l = pattern_.group[f];
      if (l >= k) a(l, k) += pattern_.sign[e] * pattern_.sign[f] * column[f];
    }
  }
  if (!la_.cholesky(a)) return false;
  la_.choleskySolve(a, c);
  constexpr double leastShare = 0.1;
  for (double share = 1; share > leastShare; share /= 2) {
    for (std::size_t e = 0; e < b.size(); ++e) {
      const int k = pattern_.group[e];
      move_[e] = k < 0 ? 0 : share * pattern_.sign[e] * c(k, 0);
      next_[e] = k < 0 ? b[e] : pattern_.sign[e] * (pattern_.values[at(k)] + share * c(k, 0));
    }
    hessianProduct(move_, product_);
    if (change(next_, product_, lambda) >= 0) continue;
    for (std::size_t e = 0; e < b.size(); ++e) q[e] += product_[e];
    b = next_;
    return true;
  }
  return false;
}

bool ProximalQuadratic::minimize(double lambda, double tolerance) {
  if (!penalty_.mayLeaveOut()) return minimizeAll(lambda, tolerance);
  for (int k = 0; k < Tuning::mostParts; ++k) {
    if (violation(lambda) <= tolerance) return true;
    minimizePart(lambda, tolerance / 2);
    la_.checkpoint();
  }
  return violation(lambda) <= tolerance;
}

/// Minimises over the coefficients that are not 0 and those that the proximal step of violation() takes from there.
void ProximalQuadratic::minimizePart(double lambda, double tolerance) {
  working_.clear();
  for (std::size_t e = 0; e < b.size(); ++e) {
    if (b[e] != 0 || next_[e] != 0) working_.push_back(static_cast<int>(e));
  }
  if (!part_) part_ = std::make_unique<ProximalQuadratic>(la_, partOfForm_, penalty_);
  partOfForm_.gather(form_, working_);
  part_->resize();
  for (std::size_t e = 0; e < working_.size(); ++e) {
    part_->b[e] = b[at(working_[e])];
    part_->q[e] = q[at(working_[e])];
  }
  part_->minimizeAll(lambda, tolerance);
  std::fill(move_.begin(), move_.end(), 0.0);
  for (std::size_t e = 0; e < working_.size(); ++e) {
    const auto place = at(working_[e]);
    move_[place] = part_->b[e] - b[place];
    b[place] = part_->b[e];
  }
  hessianProduct(move_, product_);
  for (std::size_t e = 0; e < b.size(); ++e) q[e] += product_[e];
}

bool ProximalQuadratic::minimizeAll(double lambda, double tolerance) {
  if (b.empty()) return true;
  form_.needGram();
  if (lipschitz_ == 0) estimateLipschitz();
  WeightedNorm norm{penalty_, lambda, lipschitz_};
  AcceleratedGradients method(la_, *this, norm, {lipschitz_, tolerance});
  method.start(b, q);
  for (int k = 1; k <= Tuning::mostGradients; ++k) {
    ++steps_;
    const bool reached = method.step().has_value();
    lipschitz_ = method.lipschitz();
    if (!reached && k % Tuning::betweenPatterns != 0) continue;
    b.assign(method.x().begin(), method.x().end());
    q.assign(method.gradient().begin(), method.gradient().end());
    if (reached) return true;
    const bool moved = patternStep(lambda);
    if (violation(lambda) <= tolerance) return true;
    if (moved) method.start(b, q);
  }
  return false;
}

}  // namespace nonconvex
