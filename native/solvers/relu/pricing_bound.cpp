#include "solvers/relu/pricing_bound.hpp"

#include <cmath>
#include <iterator>
#include <limits>
#include <vector>

#include "core/random.hpp"
#include "solvers/relu/price_cones.hpp"

namespace nonconvex {
namespace {

/// The search of all orthants for both signs: depth first with a wide gap, then with narrower ones, each search bounded
/// by the best direction of those before. So few cones are open at a time, and a search cut short leaves the bound of
/// the last one. Cones that a search looks at in vain are few beside those of the next.
template <int D>
class PricingSearch {
 public:
  struct Tuning {
    /// safeguard: Steps of a climb, which ends where the value does not rise.
    static constexpr int mostSteps = 50;
    /// measured: The factor of the gap from one search to the next while the cones multiply.
    static constexpr double narrower = 4;
    /// measured: That factor while they hardly multiply; moderate, since a good best spares many cones.
    static constexpr double farther = 64;
    /// measured: Random directions a column from which climbs start before the search.
    static constexpr int randomStarts = 32;
  };

  PricingSearch(const Cpu& la, const PriceFunction<D>& function, const PricingLimits& limits)
      : la_(la), function_(function), limits_(limits), resolution_(16 * function.evaluationError() + function.error) {
    for (int orthant = 0; orthant < 1 << D; ++orthant) {
      for (const double sign : {1.0, -1.0}) parts_.emplace_back(function, sign, orthant);
    }
  }

  /// Climbs from a direction: to the gradient's own direction while that is better.
  void climb(Point<D> u) {
    for (const double sign : {1.0, -1.0}) {
      Point<D> at = u;
      double value = sign * function_(at);
      for (int step = 0; step < Tuning::mostSteps; ++step) {
        Point<D> next{};
        add<D>(sign, function_.gradient(at), next);
        const double there = sign * function_(next);
        if (!(there > value)) break;
        value = there;
        at = next;
      }
      keep(value, at, sign);
    }
  }

  void run() {
    const double wanted = 0.9 * limits_.tolerance;
    double gap = std::max(1.0, wanted);
    for (auto before = static_cast<std::int64_t>(parts_.size()); searchWith(gap); before = lastSearch_) {
      if (gap <= wanted || upper_ <= (1 + wanted) * best_ + resolution_) break;
      gap = best_ > 0 ? std::min(gap, upper_ / best_ - 1) : wanted;
      const double growth = static_cast<double>(lastSearch_) / static_cast<double>(before);
      const double expected = static_cast<double>(lastSearch_) * growth * growth;
      const bool cheap = expected < 0.25 * static_cast<double>(limits_.maxNodes - nodes_);
      gap = std::max(wanted, gap / (cheap ? Tuning::farther : Tuning::narrower));
    }
  }

  PricingBound result(int exponent) const {
    PricingBound bound;
    bound.lower = std::ldexp(std::max(0.0, best_ - function_.evaluationError() - function_.error), exponent);
    bound.upper = std::ldexp(std::max(upper_, best_) + function_.error, exponent);
    bound.direction = HostBuffer<double>(D);
    for (std::size_t i = 0; i < D; ++i) bound.direction[i] = direction_[i];
    bound.sign = directionSign_;
    bound.nodes = nodes_;
    bound.exact = bound.upper - bound.lower <= limits_.tolerance * bound.upper;
    return bound;
  }

 private:
  void keep(double value, const Point<D>& u, double sign) {
    const double length = norm<D>(u);
    if (!(value > best_) || !(length > 0)) return;
    best_ = value;
    directionSign_ = sign;
    for (std::size_t i = 0; i < D; ++i) direction_[i] = u[i] / length;
  }

  /// Returns true if all orthants were searched within the limit; lowers `upper_` by what is known in either case.
  bool searchWith(double gap) {
    const std::int64_t before = nodes_;
    const double best = best_;
    la_.tasks(static_cast<int>(parts_.size()),
              [&](int i) { parts_[static_cast<std::size_t>(i)].begin(best, gap, resolution_); });
    std::vector<PriceCones<D>*> unfinished;
    for (;;) {
      unfinished.clear();
      nodes_ = 0;
      for (PriceCones<D>& part : parts_) {
        nodes_ += part.nodes();
        if (!part.finished()) unfinished.push_back(&part);
      }
      const std::int64_t left = limits_.maxNodes - nodes_;
      if (unfinished.empty() || left <= 0) break;
      // The same shares for any number of threads; what some leave is shared again.
      const std::int64_t share = std::max<std::int64_t>(1, left / static_cast<std::int64_t>(unfinished.size()));
      la_.tasks(static_cast<int>(unfinished.size()),
                [&](int i) { unfinished[static_cast<std::size_t>(i)]->run(la_, share); });
    }
    double upper = 0;
    for (const PriceCones<D>& part : parts_) {
      upper = std::max(upper, part.upper());
      if (part.best() > best) keep(part.best(), part.bestDirection(), part.sign());
    }
    upper_ = std::min(upper_, upper);
    lastSearch_ = nodes_ - before;
    return unfinished.empty();
  }

  const Cpu& la_;
  const PriceFunction<D>& function_;
  const PricingLimits& limits_;
  double resolution_;  // below it differences are rounding
  std::vector<PriceCones<D>> parts_;
  double best_ = 0, upper_ = std::numeric_limits<double>::infinity(), directionSign_ = 1;
  Point<D> direction_{1};
  std::int64_t nodes_ = 0, lastSearch_ = 0;
};

/// The largest absolute value of a matrix's numbers; infinity where one is not finite.
double largestNumber(Mat<const double> numbers) {
  double largest = 0;
  for (int j = 0; j < numbers.cols; ++j) {
    for (int i = 0; i < numbers.rows; ++i) {
      const double size = std::abs(numbers(i, j));
      largest = std::isfinite(size) ? std::max(largest, size) : INFINITY;
    }
  }
  return largest;
}

template <int D>
PricingBound searchIn(const Cpu& la, Mat<const double> xt, Vec<const double> theta, Mat<const double> candidates,
                      const PricingLimits& limits, int xExponent, int thetaExponent) {
  const PriceFunction<D> function(xt, theta, xExponent, thetaExponent);
  PricingSearch<D> search(la, function, limits);
  for (int j = 0; j < candidates.cols; ++j) {
    Point<D> u;
    std::copy(candidates.column(j), candidates.column(j) + D, u.begin());
    search.climb(u);
  }
  const Random random(1);
  for (int j = 0; j < PricingSearch<D>::Tuning::randomStarts * D; ++j) {
    Point<D> u;
    for (std::size_t i = 0; i < D; ++i) u[i] = random.normal(static_cast<std::uint64_t>(j) * D + i);
    search.climb(u);
  }
  search.run();
  return search.result(xExponent + thetaExponent);
}

}  // namespace

PricingBound pricingBound(const Cpu& la, Mat<const double> xt, Vec<const double> theta, Mat<const double> candidates,
                          const PricingLimits& limits) {
  using Search = PricingBound (*)(const Cpu&, Mat<const double>, Vec<const double>, Mat<const double>,
                                  const PricingLimits&, int, int);
  constexpr Search searches[] = {searchIn<1>, searchIn<2>, searchIn<3>, searchIn<4>, searchIn<5>, searchIn<6>};
  static_assert(std::size(searches) == PricingLimits::Tuning::mostColumns);
  if (xt.rows < 1 || xt.rows > PricingLimits::Tuning::mostColumns) {
    throw Error(ErrorKind::range, "the largest price of all neurons: expected from 1 to " +
                                      show(PricingLimits::Tuning::mostColumns) + " columns, the bias's included, got " +
                                      show(xt.rows));
  }
  const double x = largestNumber(xt);
  const double t = largestNumber({theta.data, theta.size, 1, theta.size});
  if (!(x > 0 && t > 0 && std::isfinite(x) && std::isfinite(t))) {
    PricingBound bound;
    bound.direction = HostBuffer<double>(static_cast<std::size_t>(xt.rows));
    bound.direction[0] = 1;
    bound.upper = std::isfinite(x) && std::isfinite(t) ? 0 : INFINITY;
    bound.exact = bound.upper == 0;
    return bound;
  }
  int xExponent = 0, thetaExponent = 0;  // 2^-exponent scales to at most 1
  std::frexp(x, &xExponent);
  std::frexp(t, &thetaExponent);
  const auto search = searches[xt.rows - 1];
  return search(la, xt, theta, candidates, limits, xExponent, thetaExponent);
}

}  // namespace nonconvex
