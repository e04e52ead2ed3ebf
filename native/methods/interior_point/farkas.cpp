#include "methods/interior_point/farkas.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "linalg/exact_sum.hpp"
#include "methods/line_search/armijo.hpp"

namespace nonconvex {
namespace {

/// A sum of products, and the sum of the sizes of these.
struct Terms {
  ExactSum sum;
  double size = 0;

  void add(double a, double b) {
    sum.add(a, b);
    size += std::abs(a * b);
  }
};

class FarkasSearch {
 public:
  FarkasSearch(BarrierState& state, const BarrierPoint& from);

  std::optional<Proof> run();

 private:
  void evaluateRows();
  void chooseSets();
  bool factor();
  bool newtonStep();
  bool projectMultipliers();
  std::optional<Proof> evaluated() const;
  void gradient(std::span<const double> y, std::span<double> out) const;
  bool moves(std::size_t j) const { return free_[j] != 0; }

  BarrierState& state_;
  BarrierNlp& nlp_;
  const ScaledNlp& model_;
  std::size_t n_, m_;
  Vector x_, J_, offset_;   // c(x) = J x + offset, scaled
  Vector start_;            // sizes of x that count for columns without a bound
  Vector low_, high_;       // sides of the rows, scaled
  Vector c_, r_, y_;        // over rows; r = c - the nearest value within the sides
  Vector g_, curvature_;    // over x: J^T r, and the diagonal of J^T J over the violated rows
  std::vector<char> free_;  // over x: moves, the others are fixed or pressed against a bound
  Vector primal_, dual_, rhs_, solution_;
};

FarkasSearch::FarkasSearch(BarrierState& state, const BarrierPoint& from)
    : state_(state), nlp_(state.nlp), model_(nlp_.model()), n_(at(nlp_.n())), m_(at(nlp_.m())), free_(n_) {
  x_.assign(from.v.begin(), from.v.begin() + nlp_.n());
  start_ = x_;
  J_ = from.at.jacobian;
  for (Vector* const v : {&low_, &high_, &c_, &r_, &y_, &dual_}) v->resize(m_);
  for (Vector* const v : {&g_, &curvature_, &primal_}) v->resize(n_);
  for (Vector* const v : {&rhs_, &solution_}) v->resize(n_ + m_);
  for (int i = 0; i < nlp_.m(); ++i) {
    const double scale = model_.constraintScales()[at(i)];
    low_[at(i)] = nlp_.lowerOf({true, i}) * scale;
    high_[at(i)] = nlp_.upperOf({true, i}) * scale;
  }
  NlpPoint& zero = state.trial.at;
  std::fill(zero.x.begin(), zero.x.end(), 0.0);
  nlp_.model().evaluateConstraints(zero);
  offset_ = zero.c;
}

void FarkasSearch::gradient(std::span<const double> y, std::span<double> out) const {
  std::fill(out.begin(), out.end(), 0.0);
  model_.addJacobianTransposedProduct(J_, y, out);
}

void FarkasSearch::evaluateRows() {
  model_.jacobianProduct(J_, x_, c_);
  for (std::size_t i = 0; i < m_; ++i) {
    c_[i] += offset_[i];
    r_[i] = c_[i] > high_[i] ? c_[i] - high_[i] : c_[i] < low_[i] ? c_[i] - low_[i] : 0;
  }
  gradient(r_, g_);
}

/// Tells what moves from what Newton's step along its coordinate alone would press against a bound, which goes there.
void FarkasSearch::chooseSets() {
  const SparsePattern& rows = model_.jacobianPattern();
  std::fill(curvature_.begin(), curvature_.end(), 0.0);
  for (std::size_t i = 0; i < m_; ++i) {
    if (r_[i] == 0) continue;
    for (int k = rows.offsets[i]; k < rows.offsets[i + 1]; ++k) {
      curvature_[at(rows.indices[at(k)])] += J_[at(k)] * J_[at(k)];
    }
  }
  for (std::size_t j = 0; j < n_; ++j) {
    const double low = nlp_.givenLower()[j], high = nlp_.givenUpper()[j];
    const double there = x_[j] - (curvature_[j] > 0 ? g_[j] / curvature_[j] : 0);
    const bool below = g_[j] > 0 && there <= low, above = g_[j] < 0 && there >= high;
    free_[j] = !below && !above && !nlp_.fixed(j) ? 1 : 0;
    if (below) x_[j] = low;
    if (above) x_[j] = high;
  }
}

/// Factors [delta J^T; J -I] of the violated rows and of what moves.
bool FarkasSearch::factor() {
  constexpr double stays = 1e20, share = 1e-12;  // share: a safeguard against dependent columns
  for (std::size_t j = 0; j < n_; ++j) primal_[j] = moves(j) ? share * std::max(curvature_[j], 1e-8) : stays;
  for (std::size_t i = 0; i < m_; ++i) dual_[i] = r_[i] != 0 ? 1 : stays;
  std::fill(state_.H.begin(), state_.H.end(), 0.0);
  if (!state_.kkt.analyzed()) {
    const Vector ones(nlp_.size(), 1.0);
    state_.kkt.load(state_.H, J_, ones);
  }
  state_.kkt.solver().load(state_.H, J_);
  state_.kkt.solver().loadDiagonals({primal_, dual_});
  return state_.kkt.solver().factor({}).undefined == 0;
}

/// x moves towards the minimum of ||r||^2 over what moves, as far as the bounds let it, and so far that ||r||^2 falls:
/// a whole step may violate rows that held. False where it does not fall.
bool FarkasSearch::newtonStep() {
  constexpr int most = 30;
  for (std::size_t j = 0; j < n_; ++j) rhs_[j] = moves(j) ? -g_[j] : 0;
  std::fill(rhs_.begin() + nlp_.n(), rhs_.end(), 0.0);
  state_.kkt.solver().solve(rhs_, 0, solution_);
  if (!finite(solution_)) return false;
  const double before = norm2Squared(r_);
  const Vector from = x_;
  const auto falls = [&](double length) {
    for (std::size_t j = 0; j < n_; ++j) {
      if (!moves(j)) continue;
      x_[j] = std::max(nlp_.givenLower()[j], std::min(from[j] + length * solution_[j], nlp_.givenUpper()[j]));
    }
    evaluateRows();
    return norm2Squared(r_) < before;
  };
  return backtrack({.mostTrials = most}, falls) > 0;
}

/// y = r, orthogonal to the columns of what moves; the largest entry is 1. Entries of rounding are 0, since no column
/// of such entries alone can be orthogonal to them.
bool FarkasSearch::projectMultipliers() {
  constexpr int times = 4;
  constexpr double rounding = 64 * machineEpsilon;
  y_ = r_;
  for (int k = 0; k < times; ++k) {
    const double size = normInf(y_);
    if (!(size > 0)) return false;
    for (double& value : y_) value /= size;
    gradient(y_, std::span(rhs_).first(n_));
    for (std::size_t j = 0; j < n_; ++j) rhs_[j] = moves(j) ? -rhs_[j] : 0;
    std::fill(rhs_.begin() + nlp_.n(), rhs_.end(), 0.0);
    state_.kkt.solver().solve(rhs_, 0, solution_);
    if (!finite(solution_)) return false;
    for (std::size_t i = 0; i < m_; ++i) {
      if (r_[i] == 0) continue;
      y_[i] += solution_[n_ + i];
      // A multiplier of a side that is not there is one of rounding, or the evaluation refutes it.
      if ((y_[i] > 0 && high_[i] == infinity) || (y_[i] < 0 && low_[i] == -infinity)) y_[i] = 0;
    }
  }
  for (double& value : y_) value = std::abs(value) > rounding ? value : 0;
  return normInf(y_) > 0;
}

/// The proof that y is, if it is one.
std::optional<Proof> FarkasSearch::evaluated() const {
  std::optional<Proof> proof = farkasProof({.pattern = model_.jacobianPattern(),
                                            .values = J_,
                                            .offset = offset_,
                                            .low = low_,
                                            .high = high_,
                                            .lower = nlp_.givenLower().first(n_),
                                            .upper = nlp_.givenUpper().first(n_),
                                            .sizes = start_},
                                           y_);
  if (!proof) return proof;
  for (std::size_t i = 0; i < m_; ++i) proof->y[i] *= model_.constraintScales()[i];
  return proof;
}

std::optional<Proof> FarkasSearch::run() {
  constexpr int most = 30;
  for (int k = 0; k < most; ++k) {
    evaluateRows();
    if (normInf(r_) == 0) return std::nullopt;
    chooseSets();
    evaluateRows();
    if (!factor()) return std::nullopt;
    if (projectMultipliers()) {
      if (auto proof = evaluated()) return proof;
    }
    if (!newtonStep()) return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Proof> farkasProof(const FarkasRows& rows, std::span<const double> y) {
  constexpr double rounding = 64 * machineEpsilon;  // share of the scales and of y, beside the terms
  constexpr double far = 1e6;
  const std::size_t m = y.size(), n = rows.lower.size();
  Proof proof;
  proof.y.assign(y.begin(), y.end());
  proof.lower.resize(n);
  proof.upper.resize(n);
  std::vector<Terms> d(n);
  Terms margin;
  for (std::size_t i = 0; i < m; ++i) {
    if (y[i] == 0) continue;
    margin.add(y[i], rows.offset.empty() ? 0 : rows.offset[i]);
    margin.add(-y[i], y[i] > 0 ? rows.high[i] : rows.low[i]);
    for (std::size_t k = at(rows.pattern.offsets[i]); k < at(rows.pattern.offsets[i + 1]); ++k) {
      d[at(rows.pattern.indices[k])].add(rows.values[k], y[i]);
    }
  }
  double error = 0;
  for (std::size_t j = 0; j < n; ++j) {
    const double value = d[j].sum.value(), allowed = rounding * d[j].size;
    const double low = rows.lower[j], high = rows.upper[j];
    if (std::abs(value) > allowed) {
      const double bound = value > 0 ? low : high;
      if (!std::isfinite(bound)) return std::nullopt;
      margin.add(value, bound);
      if (rows.rounded) error += allowed * std::abs(bound);
      (value > 0 ? proof.lower : proof.upper)[j] = std::abs(value);
    } else {
      const double missing = far * std::max(1.0, std::abs(rows.sizes[j]));
      const auto reach = [&](double bound) { return std::isfinite(bound) ? std::abs(bound) : missing; };
      error += (rows.rounded ? 2 * allowed : std::abs(value)) * std::max(reach(low), reach(high));
    }
  }
  proof.margin = margin.sum.value() - error - rounding * margin.size;
  if (!proof.known()) return std::nullopt;
  return proof;
}

std::optional<Proof> proveInfeasible(BarrierState& state, const BarrierPoint& from) {
  return FarkasSearch(state, from).run();
}

std::optional<Proof> proveInfeasible(const Cpu& la, const NlpStart& problem, std::span<const double> x) {
  BarrierNlp nlp(la, problem, {});
  BarrierKkt kkt(la, nlp);
  BarrierState state(nlp, kkt);
  if (!nlp.begin(state.point)) return std::nullopt;
  std::copy(x.begin(), x.end(), state.point.v.begin());
  return proveInfeasible(state, state.point);
}

Proof contradictionProof(int n, int m, const std::optional<int>& variable, double margin) {
  Proof proof;
  proof.y.assign(at(m), 0.0);
  proof.lower.assign(at(n), 0.0);
  proof.upper.assign(at(n), 0.0);
  if (variable) proof.lower[at(*variable)] = proof.upper[at(*variable)] = 1;
  proof.margin = margin;
  return proof;
}

}  // namespace nonconvex
