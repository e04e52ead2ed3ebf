#include "solvers/nlp/convex_bound.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "core/index.hpp"
#include "linalg/blas.hpp"

namespace nonconvex {
namespace {

struct Tuning {
  // rounding: errors of a sum of terms, relative to their absolute values.
  double ofSums = 8 * machineEpsilon;
  // safeguard: rounds in which linear constraints tell of bounds. Chains of constraints that need more are rare.
  int rounds = 3;
  // safeguard: bounds that constraints imply are widened by this share, above what rounding does to them.
  double widened = 1e-9;
  // safeguard: variables without bounds of which the curvature is looked at, by a dense factorisation.
  int mostCurved = 300;
  // safeguard: distance from a bound, relative to x, within which x counts as held. What it costs is deducted.
  double held = 1e-6;
  // safeguard: the size, beside the largest entry of x, up to which points are bounded where nothing else bounds them.
  double size = 100;
  // safeguard: the largest radius, relative to x, of a ball in which second derivatives count as those of its middle.
  double radius = 1e-5;
};
constexpr Tuning tuning;

constexpr std::string_view noBound =
    "The Lagrangian is convex, but a variable without a bound leaves no finite lower bound for all points. Bounds on "
    "all variables would give one.";

class DualBound {
 public:
  DualBound(const Cpu& la, Nlp& nlp, const NlpSolution& solution, double tolerance)
      : la_(la),
        nlp_(nlp),
        solution_(solution),
        tolerance_(tolerance),
        n_(at(nlp.variables())),
        m_(at(nlp.constraints())) {}

  ConvexBound compute() {
    takeBounds();
    takeMultipliers();
    nlp_.moveTo(solution_.x);
    if (!knowsCurvature()) return {};
    linearise();
    if (!std::isfinite(value_)) return {};
    const auto given = std::pair(lower_, upper_);
    const double all = leastOfAll();
    if (isTight(all)) return {.lowerBound = value_ + all};
    std::tie(lower_, upper_) = given;
    boundBySize();
    if (const double near = leastOverBox(); isTight(near)) {
      return {.lowerBound = value_ + near, .over = overNear, .because = noBound};
    }
    return std::isnan(all) ? ConvexBound{.because = noBound} : ConvexBound{.lowerBound = value_ + all};
  }

 private:
  /// The least of L - L(x) over all admissible points; NaN where nothing bounds it.
  double leastOfAll() {
    if (!bounded() && nlp_.facts().linearConstraints) impliedBounds();
    return bounded() ? leastOverBox() : leastByCurvature();
  }
  /// Returns true if a bound closes the gap.
  bool isTight(double least) const {
    return objective_ - value_ - least <= tolerance_ * std::max(1.0, std::abs(objective_));
  }

  void takeBounds() {
    const NlpBounds bounds = nlp_.variableBounds(), sides = nlp_.constraintBounds();
    lower_ = boundsOf(bounds.lower, n_, -infinity);
    upper_ = boundsOf(bounds.upper, n_, infinity);
    low_ = boundsOf(sides.lower, m_, 0);
    high_ = boundsOf(sides.upper, m_, 0);
  }

  /// Keeps those of equations and of active sides. Any others of the right signs would do; these give a good bound.
  void takeMultipliers() {
    lambda_.assign(m_, 0.0);
    const auto take = [&](std::size_t i) {
      const double lambda = solution_.multipliers[i];
      if (std::isfinite(lambda > 0 ? high_[i] : low_[i])) lambda_[i] = lambda;
    };
    for (std::size_t i = 0; i < m_; ++i) {
      if (low_[i] == high_[i]) take(i);
    }
    for (const std::int32_t i : solution_.activeConstraints) take(at(i));
  }

  /// Finds out whether L is convex, and by how much it may miss that.
  bool knowsCurvature() {
    const NlpFacts facts = nlp_.facts();
    concavity_.assign(n_, 0.0);
    if (facts.convexObjective && facts.linearConstraints) return true;
    auto* const known = nlp_.find<KnownCurvature>();
    if (known == nullptr) return false;
    auto found = known->convexity(la_, lower_, upper_, 1, lambda_);
    if (found) concavity_ = std::move(found->concavity);
    return found.has_value();
  }

  /// L(x) with its gradient r, and bounds of their errors.
  void linearise() {
    value_ = objective_ = nlp_.objective();
    double terms = std::abs(value_);
    r_.resize(n_);
    nlp_.gradient(r_);
    error_.resize(n_);
    for (std::size_t j = 0; j < n_; ++j) error_[j] = std::abs(r_[j]);
    if (m_ > 0) {
      std::vector<double> c(m_);
      nlp_.constraintValues(c);
      for (std::size_t i = 0; i < m_; ++i) {
        if (lambda_[i] == 0) continue;
        const double side = lambda_[i] > 0 ? high_[i] : low_[i];
        value_ += lambda_[i] * (c[i] - side);
        terms += std::abs(lambda_[i]) * (std::abs(c[i]) + std::abs(side));
      }
      jacobian_.resize(nlp_.jacobianPattern().nonzeros());
      nlp_.jacobian(jacobian_);
      forJacobian([&](std::size_t i, std::size_t j, double value) {
        r_[j] += lambda_[i] * value;
        error_[j] += std::abs(lambda_[i] * value);
      });
      constraints_ = std::move(c);
    }
    value_ -= tuning.ofSums * terms;
    for (double& error : error_) error *= tuning.ofSums;
  }

  template <class F>
  void forJacobian(F&& f) const {
    const SparsePattern& pattern = nlp_.jacobianPattern();
    for (int i = 0; i < pattern.lines; ++i) {
      for (int k = pattern.offsets[at(i)]; k < pattern.offsets[at(i) + 1]; ++k) {
        f(at(i), at(pattern.indices[at(k)]), jacobian_[at(k)]);
      }
    }
  }

  /// The least of r_j d - error |d| - concavity d^2 / 2 for x_j + d within its bounds, at one of them; -infinity where
  /// the bound that it asks for is missing.
  double leastTerm(std::size_t j) const {
    const auto end = [&](double bound) {
      const double d = bound - solution_.x[j];
      const double slope = (d < 0 ? -r_[j] : r_[j]) - error_[j];
      if (!std::isfinite(d)) return slope >= 0 && concavity_[j] == 0 ? 0.0 : -infinity;
      return std::abs(d) * (slope - concavity_[j] * std::abs(d) / 2);
    };
    return std::min({0.0, end(lower_[j]), end(upper_[j])});
  }
  bool bounded() const {
    for (std::size_t j = 0; j < n_; ++j) {
      if (leastTerm(j) == -infinity) return false;
    }
    return true;
  }
  double leastOverBox() const {
    double sum = 0;
    for (std::size_t j = 0; j < n_; ++j) sum += leastTerm(j);
    return sum;
  }

  /// Gives variables the bounds that they lack far outside of x.
  void boundBySize() {
    double largest = 1;
    for (const double x : solution_.x) largest = std::max(largest, std::abs(x));
    for (std::size_t j = 0; j < n_; ++j) {
      if (lower_[j] == -infinity) lower_[j] = -tuning.size * largest;
      if (upper_[j] == infinity) upper_[j] = tuning.size * largest;
    }
  }

  /// Sum of the least, or most, values of the terms of a row, and how many of them are infinite.
  struct Activity {
    double sum = 0;
    int infinite = 0;

    void add(double term) { std::isfinite(term) ? sum += term : ++infinite; }
    /// The sum without one of its terms.
    double without(double term) const {
      const bool own = !std::isfinite(term);
      return infinite - (own ? 1 : 0) > 0 ? -infinity : sum - (own ? 0 : term);
    }
  };

  /// Takes bounds of variables that have none from linear constraints low <= a^T x + b <= high. The bounds before are
  /// implied as well, so that all are.
  void impliedBounds() {
    const SparsePattern& rows = nlp_.jacobianPattern();
    for (int round = 0; round < tuning.rounds; ++round) {
      bool changed = false;
      for (int i = 0; i < rows.lines; ++i) {
        double constant = constraints_[at(i)];
        for (int k = rows.offsets[at(i)]; k < rows.offsets[at(i) + 1]; ++k) {
          constant -= jacobian_[at(k)] * solution_.x[at(rows.indices[at(k)])];
        }
        changed |= boundBy(i, 1, high_[at(i)] - constant);
        changed |= boundBy(i, -1, constant - low_[at(i)]);
      }
      if (!changed) return;
    }
  }

  /// Uses sign a^T x <= most of row i; returns true if a variable has got a bound.
  bool boundBy(int i, double sign, double most) {
    if (!std::isfinite(most)) return false;
    const SparsePattern& rows = nlp_.jacobianPattern();
    const auto leastOf = [&](double a, std::size_t j) { return a == 0 ? 0 : a * (a > 0 ? lower_[j] : upper_[j]); };
    Activity least;
    double size = std::abs(most);
    for (int k = rows.offsets[at(i)]; k < rows.offsets[at(i) + 1]; ++k) {
      const double term = leastOf(sign * jacobian_[at(k)], at(rows.indices[at(k)]));
      least.add(term);
      if (std::isfinite(term)) size += std::abs(term);
    }
    if (least.infinite > 1) return false;
    bool changed = false;
    for (int k = rows.offsets[at(i)]; k < rows.offsets[at(i) + 1]; ++k) {
      const auto j = at(rows.indices[at(k)]);
      const double a = sign * jacobian_[at(k)];
      double& bound = a > 0 ? upper_[j] : lower_[j];
      if (a == 0 || std::isfinite(bound)) continue;
      const double others = least.without(leastOf(a, j));
      if (!std::isfinite(others)) continue;
      const double wider = tuning.widened * (size + std::abs(others));
      bound = (most - others + wider) / a;
      changed = true;
    }
    return changed;
  }

  /// The least of L - L(x) by the curvature near x of the variables that no bound holds, NaN where that is not known.
  /// Within a small ball of these, L is above r^T d + modulus sum_j h_jj d_j^2 / 2; at its border that is above 0, so
  /// that L, which is convex, is not below L(x) outside. Along held variables L grows, up to their distances.
  double leastByCurvature() {
    if (nlp_.facts().approximateHessian || nlp_.hessianPattern().nonzeros() == 0) return unknown;
    std::vector<int> place(n_, -1);
    std::vector<std::size_t> free;
    for (std::size_t j = 0; j < n_; ++j) {
      if (concavity_[j] != 0) return unknown;
      if (held(j)) continue;
      place[j] = static_cast<int>(free.size());
      free.push_back(j);
    }
    if (static_cast<int>(free.size()) > tuning.mostCurved) return unknown;
    const Curvature H = curvature(place, free);
    const double ofHeld = leastOfHeld(place);
    for (const double modulus : {0.25, 1e-2, 1e-4}) {
      if (!H.exceeds(2 * modulus)) continue;
      double sum = 0;  // sum of squared slopes over curvatures
      for (std::size_t k = 0; k < free.size(); ++k) {
        sum += square(std::abs(slopes_[free[k]]) + error_[free[k]]) / H.diagonal(k);
      }
      const double radius = 2 * std::sqrt(sum) / modulus;  // radius in the norm of the diagonal
      return smallBall(H, free, radius) ? ofHeld - sum / (2 * modulus) : unknown;
    }
    return unknown;
  }

  /// How far x_j is from the bound against which L rises.
  double distance(std::size_t j) const { return r_[j] > 0 ? solution_.x[j] - lower_[j] : upper_[j] - solution_.x[j]; }
  bool held(std::size_t j) const {
    return std::abs(r_[j]) > error_[j] && distance(j) <= tuning.held * std::max(1.0, std::abs(solution_.x[j]));
  }
  /// The least that slopes of held variables add on their way to their bounds, if they change by a factor of 2 at most.
  double leastOfHeld(const std::vector<int>& place) const {
    double sum = 0;
    for (std::size_t j = 0; j < n_; ++j) {
      if (place[j] < 0) sum -= 2 * std::abs(r_[j]) * std::max(0.0, distance(j));
    }
    return sum;
  }

  /// The Hessian of L by some variables, and, by row, the size of what it has beside them.
  struct Curvature {
    int order = 0;
    std::vector<double> values;
    std::vector<std::vector<std::pair<std::size_t, double>>> beside;  // held variables of each free one

    /// Adds to entry (i, j) of the Hessian by all variables, of which the other one, (j, i), is added by itself.
    void add(const std::vector<int>& place, std::size_t i, std::size_t j, double value) {
      const int a = place[i], b = place[j];
      if (a >= 0 && b >= 0) values[at(b) * at(order) + at(a)] += value;
      if (a >= 0 && b < 0) beside[at(a)].emplace_back(j, std::abs(value));
    }
    double diagonal(std::size_t k) const { return values[k * at(order) + k]; }
    bool exceeds(double share) const {
      std::vector<double> rest = values;
      for (std::size_t k = 0; k < at(order); ++k) {
        if (!(diagonal(k) > 0)) return false;
        rest[k * at(order) + k] *= 1 - share;
      }
      return order == 0 || blas::potrfLower(order, rest.data(), order) == 0;
    }
  };
  Curvature curvature(const std::vector<int>& place, const std::vector<std::size_t>& free) {
    const SparsePattern& lower = nlp_.hessianPattern();
    std::vector<double> values(lower.nonzeros());
    nlp_.hessian(1, lambda_, values);
    Curvature H{static_cast<int>(free.size()), std::vector<double>(free.size() * free.size()), {}};
    H.beside.resize(free.size());
    for (int j = 0; j < lower.lines; ++j) {
      for (int k = lower.offsets[at(j)]; k < lower.offsets[at(j) + 1]; ++k) {
        H.add(place, at(lower.indices[at(k)]), at(j), values[at(k)]);
        if (lower.indices[at(k)] != j) H.add(place, at(j), at(lower.indices[at(k)]), values[at(k)]);
      }
    }
    addEquations(H, place);
    return H;
  }
  /// Adds multiples of the squares of linear equations, which are 0 at all admissible points.
  void addEquations(Curvature& H, const std::vector<int>& place) {
    slopes_ = r_;
    if (!nlp_.facts().linearConstraints) return;
    const SparsePattern& rows = nlp_.jacobianPattern();
    double largest = 0, size = 0;
    for (std::size_t k = 0; k < at(H.order); ++k) largest = std::max(largest, H.diagonal(k));
    for (const double value : jacobian_) size = std::max(size, std::abs(value));
    const double weight = largest > 0 && size > 0 ? largest / square(size) : 0;
    for (int i = 0; i < rows.lines; ++i) {
      if (low_[at(i)] != high_[at(i)]) continue;
      for (int k = rows.offsets[at(i)]; k < rows.offsets[at(i) + 1]; ++k) {
        const double factor = weight * jacobian_[at(k)];
        slopes_[at(rows.indices[at(k)])] += factor * (constraints_[at(i)] - low_[at(i)]);
        for (int l = rows.offsets[at(i)]; l < rows.offsets[at(i) + 1]; ++l) {
          H.add(place, at(rows.indices[at(l)]), at(rows.indices[at(k)]), factor * jacobian_[at(l)]);
        }
      }
    }
  }

  /// Returns true if second derivatives do not change in the ball, as far as its size tells, and held variables stay.
  bool smallBall(const Curvature& H, const std::vector<std::size_t>& free, double radius) const {
    std::vector<double> turned(n_);
    for (std::size_t j = 0; j < n_; ++j) turned[j] = std::abs(slopes_[j] - r_[j]);
    for (std::size_t k = 0; k < free.size(); ++k) {
      const double width = radius / std::sqrt(H.diagonal(k));
      if (!(width <= tuning.radius * std::max(1.0, std::abs(solution_.x[free[k]])))) return false;
      for (const auto& [j, size] : H.beside[k]) turned[j] += size * width;
    }
    for (const std::size_t j : free) turned[j] = 0;
    for (std::size_t j = 0; j < n_; ++j) {
      if (turned[j] > 0 && !(std::abs(r_[j]) > 2 * turned[j])) return false;
    }
    return true;
  }

  const Cpu& la_;
  Nlp& nlp_;
  const NlpSolution& solution_;
  const double tolerance_;
  const std::size_t n_, m_;
  std::vector<double> lower_, upper_, low_, high_, lambda_, concavity_;
  double objective_ = 0, value_ = 0;  // f(x), L(x)
  std::vector<double> r_, error_, constraints_, jacobian_;
  std::vector<double> slopes_;  // r with those of the squares of equations
};

}  // namespace

ConvexBound convexBound(const Cpu& la, Nlp& nlp, const NlpSolution& solution, double tolerance) {
  return DualBound(la, nlp, solution, tolerance).compute();
}

}  // namespace nonconvex
