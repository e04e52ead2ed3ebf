// Branch and bound for the largest value of a PriceFunction on one orthant of the sphere.
//
// A cone has d generators v_i. On it the convex kinks, those of positive weight, lie below the linear function that has
// their values at the generators, and this is the least concave function above them. Concave kinks, w |z . u| with w <
// 0, are at most w s (z . u) for any s in [-1, 1]. So for any s and any vector p
//
//   g(u) <= ||p|| + sqrt(d) max_i (f_i - v_i . p)_+,   f_i = overestimate at v_i less sum_k s_k |w_k| z_k . v_i,
//
// for every unit vector u of the cone: u = sum_i lambda_i v_i with sum_i lambda_i <= sqrt(d), since all v_i lie in one
// orthant and have entries that add up to 1 there. The least such bound, max over the cone of the overestimate, is
// approached by turns: p is the projection of the gradient onto the cone, then each s_k in its turn makes ||p|| least.
// Where no convex kink passes through the cone that bound is g's maximum: so maxima, which never lie on convex kinks,
// end the branching.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/relu/price_function.hpp"
#include "solvers/relu/simplicial_cone.hpp"

namespace nonconvex {

/// The search of one orthant for sign g, depth first, which can be interrupted and go on.
template <int D>
class PriceCones {
 public:
  PriceCones(const PriceFunction<D>& function, double sign, int orthant)
      : function_(function), sign_(sign), orthant_(orthant) {}

  /// Begins again with the orthant. Cones whose bound is at most (1 + gap) best + resolution are done with; best rises
  /// where a better direction is found.
  void begin(double best, double gap, double resolution);

  /// Looks at about `nodes` cones more; calls la.checkpoint().
  void run(const Cpu& la, std::int64_t nodes);

  bool finished() const { return open_.empty(); }
  double sign() const { return sign_; }
  std::int64_t nodes() const { return nodes_; }  ///< number of cones in all runs
  double best() const { return best_; }
  const Point<D>& bestDirection() const { return direction_; }  ///< valid if `best` is more than `begin` was given

  /// A number that sign g does not exceed on the orthant's unit vectors, PriceFunction::error aside.
  double upper() const {
    double most = closed_;
    for (const Cone& cone : open_) most = std::max(most, cone.bound);
    return most;
  }

 private:
  struct Tuning {
    /// rounding: A little more than the largest relative error of one operation.
    static constexpr double rounding = PriceFunction<D>::Tuning::unitRounding;
    /// measured: Sweeps over the slopes of concave kinks before the cone is split.
    static constexpr int mostSweeps = 16;
    /// rounding: Generators agree to all digits at this depth.
    static constexpr int mostDepth = 50 * D;
    /// safeguard: An edge that is split has this share of the longest one squared, so that no cone gets thin.
    static constexpr double shortestEdge = 0.25;
    /// safeguard: Nodes between two looks at limits and aborts.
    static constexpr int checkpointEvery = 1024;
  };

  /// A kink of positive weight that passes through the cone: z . v_i for its generators.
  struct ConvexKink {
    double weight;
    Point<D> at;
  };
  /// A kink of negative weight -`weight`, with the slope that is taken for it.
  struct ConcaveKink {
    double weight, slope;
    const Point<D>* line;
    Point<D> at;
  };
  struct Cone {
    SimplicialCone<D> shape;
    Point<D> value{};   ///< overestimate at the generators, without the concave kinks that pass through
    Point<D> weight{};  ///< coordinates of where the overestimate was largest
    double error = 0;   ///< error of `value`
    double bound = std::numeric_limits<double>::infinity();
    int depth = 0;
    std::size_t convex = 0, concave = 0;  ///< first places of its kinks; those of the cone opened last end the lists
  };

  void addRoot();
  void addChild(const Cone& parent, int keep, int drop);
  double addConvexKinks(int keep, int drop);
  double addConcaveKinks(Cone& child, int keep, int drop);
  void settle(const Cone& cone);
  void lowerBound(Cone& cone);
  void sweepSlopes(const Cone& cone, Point<D>& gradient, Point<D>& p);
  bool hopeless(Cone& cone, const Point<D>& p);
  double certified(const Cone& cone, const Point<D>& p) const;
  Point<D> radial(const Cone& cone) const;
  Point<D> valuesWithSlopes(const Cone& cone) const;
  void consider(const Point<D>& u);
  std::pair<int, int> edgeToSplit(const Cone& cone) const;

  const PriceFunction<D>& function_;
  double sign_;
  int orthant_;
  double best_ = 0, gap_ = 0, resolution_ = 0;
  double target_ = 0;  // bounds up to this one need no splitting
  double closed_ = 0;  // the largest bound of cones that were done with
  std::int64_t nodes_ = 0;
  Point<D> direction_{};
  std::vector<Cone> open_;
  std::vector<ConvexKink> convex_, parentConvex_;
  std::vector<ConcaveKink> concave_, parentConcave_;
};

template <int D>
void PriceCones<D>::begin(double best, double gap, double resolution) {
  best_ = best;
  gap_ = gap;
  resolution_ = resolution;
  target_ = (1 + gap) * best + resolution;
  closed_ = 0;
  open_.clear();
  convex_.clear();
  concave_.clear();
  addRoot();
}

template <int D>
void PriceCones<D>::run(const Cpu& la, std::int64_t nodes) {
  const std::int64_t last = nodes_ + nodes;
  for (std::int64_t i = 0; !open_.empty() && nodes_ < last; ++i) {
    if (i % (Tuning::checkpointEvery / 2) == 0) la.checkpoint();
    const Cone cone = open_.back();
    open_.pop_back();
    parentConvex_.assign(convex_.begin() + static_cast<std::ptrdiff_t>(cone.convex), convex_.end());
    parentConcave_.assign(concave_.begin() + static_cast<std::ptrdiff_t>(cone.concave), concave_.end());
    convex_.resize(cone.convex);
    concave_.resize(cone.concave);
    if (cone.bound <= target_) {  // which has risen meanwhile
      closed_ = std::max(closed_, cone.bound);
      continue;
    }
    auto [i0, i1] = edgeToSplit(cone);
    if (cone.weight[static_cast<std::size_t>(i0)] > cone.weight[static_cast<std::size_t>(i1)]) std::swap(i0, i1);
    addChild(cone, i0, i1);
    addChild(cone, i1, i0);  // the one with the overestimate's maximum is looked into first
  }
}

template <int D>
void PriceCones<D>::addRoot() {
  Cone cone;
  for (int i = 0; i < D; ++i) {
    const double side = (orthant_ >> i & 1) != 0 ? -1 : 1;
    cone.shape.generators[static_cast<std::size_t>(i)][static_cast<std::size_t>(i)] = side;
    cone.shape.inverse[static_cast<std::size_t>(i)][static_cast<std::size_t>(i)] = side;
  }
  std::array<long double, static_cast<std::size_t>(D)> value;
  for (std::size_t i = 0; i < D; ++i) value[i] = sign_ * function_.linear[i] * cone.shape.generators[i][i];
  for (std::size_t k = 0; k < function_.lines.size(); ++k) {
    const double weight = sign_ * function_.weights[k];
    Point<D> at;
    for (std::size_t i = 0; i < D; ++i) at[i] = function_.lines[k][i] * cone.shape.generators[i][i];
    const auto [low, high] = std::minmax_element(at.begin(), at.end());
    const bool passes = *low < 0 && *high > 0;
    if (passes && weight < 0) {
      concave_.push_back({-weight, 0, &function_.lines[k], at});
      continue;
    }
    if (passes) convex_.push_back({weight, at});
    for (std::size_t i = 0; i < D; ++i) value[i] += static_cast<long double>(weight) * std::abs(at[i]);
  }
  for (std::size_t i = 0; i < D; ++i) cone.value[i] = static_cast<double>(value[i]);
  const double sums = static_cast<double>(function_.lines.size() + 1) *
                      static_cast<double>(std::numeric_limits<long double>::epsilon());
  cone.error = (2 * Tuning::rounding + sums) * function_.size;
  lowerBound(cone);
  settle(cone);
}

/// Opens the half of `parent` where the middle of two generators takes the place of one of them.
template <int D>
void PriceCones<D>::addChild(const Cone& parent, int keep, int drop) {
  Cone child = parent;
  child.depth = parent.depth + 1;
  child.convex = convex_.size();
  child.concave = concave_.size();
  child.shape.halve(keep, drop);
  const auto k = static_cast<std::size_t>(keep), d = static_cast<std::size_t>(drop);
  double weights = 0;  // sum over all kinks, whose `at` have errors
  for (const ConvexKink& kink : parentConvex_) weights += kink.weight;
  for (const ConcaveKink& kink : parentConcave_) weights += kink.weight;
  const double drops = addConvexKinks(keep, drop);
  child.value[d] = (parent.value[k] + parent.value[d]) / 2 - drops;
  double largest = drops;
  for (const double value : child.value) largest = std::max(largest, std::abs(value));
  largest += addConcaveKinks(child, keep, drop);
  child.error +=
      Tuning::rounding * (static_cast<double>(parentConvex_.size() + 2) * drops + 4 * largest +
                          static_cast<double>(parentConcave_.size() - (concave_.size() - child.concave)) * largest +
                          child.depth * weights);
  lowerBound(child);
  settle(child);
}

/// Adds the parent's convex kinks that pass through a child; returns how far their overestimate sinks at the middle.
template <int D>
double PriceCones<D>::addConvexKinks(int keep, int drop) {
  const auto k = static_cast<std::size_t>(keep), d = static_cast<std::size_t>(drop);
  double drops = 0;
  for (const ConvexKink& kink : parentConvex_) {
    const double a = kink.at[k], b = kink.at[d];
    if ((a < 0) != (b < 0)) drops += kink.weight * std::min(std::abs(a), std::abs(b));
    ConvexKink own = kink;
    own.at[d] = (a + b) / 2;
    double low = own.at[0], high = own.at[0];
    for (const double at : own.at) low = std::min(low, at), high = std::max(high, at);
    if (low < 0 && high > 0) convex_.push_back(own);
  }
  return drops;
}

/// Adds the parent's concave kinks that pass through a child, and the others to its values; returns the largest sum of
/// those.
template <int D>
double PriceCones<D>::addConcaveKinks(Cone& child, int keep, int drop) {
  const auto k = static_cast<std::size_t>(keep), d = static_cast<std::size_t>(drop);
  Point<D> linear{};
  for (const ConcaveKink& kink : parentConcave_) {
    ConcaveKink own = kink;
    own.at[d] = (kink.at[k] + kink.at[d]) / 2;
    double low = own.at[0], high = own.at[0];
    for (const double at : own.at) low = std::min(low, at), high = std::max(high, at);
    if (low < 0 && high > 0) {
      concave_.push_back(own);
    } else {
      for (std::size_t i = 0; i < D; ++i) linear[i] += own.weight * std::abs(own.at[i]);
    }
  }
  add<D>(-1, linear, child.value);
  return *std::max_element(linear.begin(), linear.end());
}

/// Keeps a cone whose kinks end the lists for splitting, or is done with it.
template <int D>
void PriceCones<D>::settle(const Cone& cone) {
  ++nodes_;
  if (cone.bound > target_ && cone.depth < Tuning::mostDepth && D > 1) {
    open_.push_back(cone);
    return;
  }
  closed_ = std::max(closed_, cone.bound);
  convex_.resize(cone.convex);
  concave_.resize(cone.concave);
}

/// Lowers the cone's bound until it is below the target, or is seen not to come there, or after `Tuning::mostSweeps`.
template <int D>
void PriceCones<D>::lowerBound(Cone& cone) {
  const Point<D> values = valuesWithSlopes(cone);
  Point<D> gradient{}, multipliers{};
  for (std::size_t i = 0; i < D; ++i) add<D>(values[i], cone.shape.inverse[i], gradient);
  Point<D> p = gradient;
  bool split = false;
  if (norm<D>(p) > target_) {
    const auto gram = cone.shape.gram();
    cone.shape.project(gram, gradient, multipliers, p);
    for (int sweep = 1; norm<D>(p) > target_ && !split; ++sweep) {
      sweepSlopes(cone, gradient, p);
      if (norm<D>(p) > target_) cone.shape.project(gram, gradient, multipliers, p);
      const bool look = (sweep & (sweep - 1)) == 0;  // 1, 2, 4, 8
      split = (look && norm<D>(p) > target_ && hopeless(cone, p)) || sweep == Tuning::mostSweeps;
    }
  }
  cone.bound = std::min(cone.bound, certified(cone, p));
  if (cone.bound > target_) cone.bound = std::min(cone.bound, certified(cone, radial(cone)));
}

/// One step for each slope: the one that makes ||p|| least, p moving with the gradient.
template <int D>
void PriceCones<D>::sweepSlopes(const Cone& cone, Point<D>& gradient, Point<D>& p) {
  const Point<D> before = p;
  for (std::size_t k = cone.concave; k < concave_.size(); ++k) {
    ConcaveKink& kink = concave_[k];
    const double slope = std::clamp(kink.slope + dot<D>(*kink.line, p) / kink.weight, -1.0, 1.0);
    add<D>((kink.slope - slope) * kink.weight, *kink.line, p);
    kink.slope = slope;
  }
  add<D>(1, p, gradient);
  add<D>(-1, before, gradient);
}

/// The overestimate at the cone's point nearest to p: whether it is above the target, so that no p will do. Sets
/// cone.weight; the point may be a better direction.
template <int D>
bool PriceCones<D>::hopeless(Cone& cone, const Point<D>& p) {
  Point<D> u{};
  double over = 0;
  for (std::size_t i = 0; i < D; ++i) {
    cone.weight[i] = std::max(0.0, dot<D>(cone.shape.inverse[i], p));
    over += cone.weight[i] * cone.value[i];
    add<D>(cone.weight[i], cone.shape.generators[i], u);
  }
  for (std::size_t k = cone.concave; k < concave_.size(); ++k) {
    over -= concave_[k].weight * std::abs(dot<D>(*concave_[k].line, u));
  }
  const double length = norm<D>(u);
  if (!(length > 0) || over <= best_ * length) return false;
  double value = over;
  for (std::size_t k = cone.convex; k < convex_.size(); ++k) {
    double sum = 0, sizes = 0;
    for (std::size_t i = 0; i < D; ++i) {
      sum += cone.weight[i] * convex_[k].at[i];
      sizes += cone.weight[i] * std::abs(convex_[k].at[i]);
    }
    value -= convex_[k].weight * (sizes - std::abs(sum));
  }
  if (value > best_ * length) consider(u);
  return over > target_ * length;
}

/// The bound at the top of this file, with all that rounding may have taken from it.
template <int D>
double PriceCones<D>::certified(const Cone& cone, const Point<D>& p) const {
  const Point<D> values = valuesWithSlopes(cone);
  double above = 0, weights = 0;
  for (std::size_t i = 0; i < D; ++i) above = std::max(above, values[i] - dot<D>(cone.shape.generators[i], p));
  for (std::size_t k = cone.concave; k < concave_.size(); ++k) weights += concave_[k].weight;
  const double length = norm<D>(p);
  const double terms = static_cast<double>(concave_.size() - cone.concave) + cone.depth + 8;
  double largest = 0;
  for (const double value : cone.value) largest = std::max(largest, std::abs(value));
  const double error = cone.error + Tuning::rounding * (terms * (weights + largest) + D * (cone.depth + 4) * length);
  return (length + std::sqrt(1.0 * D) * (above + error)) * (1 + 8 * D * Tuning::rounding);
}

/// The p along the sum of the generators that needs no second term in the bound. In cones so small that rounding leaves
/// nothing of their gradient, where all values are about the same, it is as good as any.
template <int D>
Point<D> PriceCones<D>::radial(const Cone& cone) const {
  const Point<D> values = valuesWithSlopes(cone);
  Point<D> sum{}, p{};
  for (const Point<D>& generator : cone.shape.generators) add<D>(1, generator, sum);
  double factor = 0;
  for (std::size_t i = 0; i < D; ++i) factor = std::max(factor, values[i] / dot<D>(cone.shape.generators[i], sum));
  add<D>(factor, sum, p);
  return p;
}

/// f_i of the top of this file.
template <int D>
Point<D> PriceCones<D>::valuesWithSlopes(const Cone& cone) const {
  Point<D> values = cone.value;
  for (std::size_t k = cone.concave; k < concave_.size(); ++k) {
    add<D>(-concave_[k].slope * concave_[k].weight, concave_[k].at, values);
  }
  return values;
}

template <int D>
void PriceCones<D>::consider(const Point<D>& u) {
  const double value = sign_ * function_(u);
  if (!(value > best_)) return;
  best_ = value;
  direction_ = u;
  target_ = std::max(target_, (1 + gap_) * best_ + resolution_);
}

/// The edge whose middle brings the overestimate down most for its length, of those that are not short; the longest
/// where none does. The parent's kinks are those of `cone`.
template <int D>
std::pair<int, int> PriceCones<D>::edgeToSplit(const Cone& cone) const {
  std::array<Point<D>, static_cast<std::size_t>(D)> squares{};
  double longest = 0;
  std::pair<int, int> edge{0, D - 1};
  for (std::size_t i = 0; i < D; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      for (std::size_t k = 0; k < D; ++k) {
        const double apart = cone.shape.generators[i][k] - cone.shape.generators[j][k];
        squares[i][j] += apart * apart;
      }
      if (squares[i][j] <= longest) continue;
      longest = squares[i][j];
      edge = {static_cast<int>(j), static_cast<int>(i)};
    }
  }
  std::array<Point<D>, static_cast<std::size_t>(D)> drops{};  // twice of what the overestimate sinks
  for (const ConvexKink& kink : parentConvex_) {
    for (std::size_t i = 0; i < D; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        drops[i][j] += kink.weight * (std::abs(kink.at[i]) + std::abs(kink.at[j]) - std::abs(kink.at[i] + kink.at[j]));
      }
    }
  }
  double most = 0;
  for (std::size_t i = 0; i < D; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (squares[i][j] < Tuning::shortestEdge * longest) continue;
      const double gain = drops[i][j] * std::sqrt(squares[i][j]);
      if (gain <= most) continue;
      most = gain;
      edge = {static_cast<int>(j), static_cast<int>(i)};
    }
  }
  return edge;
}

}  // namespace nonconvex
