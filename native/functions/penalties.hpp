// Penalties, one struct each, for the host and for a device.
//
// A struct has what exists of
//   value(u)
//   prox(a, weight)               argmin_u weight value(u) + (u - a)^2 / 2
//   conjugate(s)                  sup_u s u - value(u); infinite outside its domain
//   subgradientDistance(u, s)     how far s is from the subgradients at u
// of a number u or, with the number of entries before it, of a vector. Members that do not exist or are not used are
// absent. Parameters are members. A penalty that stands in `Penalties` below is tested by
// test/native/functions/penalties.cpp: see docs/developers/add-a-loss.md.
#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>

#include "core/hostdevice.hpp"
#include "core/type_list.hpp"
#include "functions/math.hpp"

namespace nonconvex {
namespace penalties {

/// Rounding of a dual norm, relative to the bound of its domain, that counts as inside.
inline constexpr double domainSlack = 1e-12;

/// |u|
struct L1 {
  static constexpr std::string_view name = "l1";

  NONCONVEX_HD static double value(double u) { return std::abs(u); }
  /// The size of prox(a, weight) from |a|.
  NONCONVEX_ALWAYS_INLINE static double shrink(double size, double weight) { return std::max(0.0, size - weight); }
  NONCONVEX_HD static double prox(double a, double weight) {
    return std::copysign(shrink(std::abs(a), weight), a) + 0.0;  // + 0.0 turns -0 into 0
  }
  NONCONVEX_HD static double conjugate(double s) { return std::abs(s) <= 1 ? 0 : INFINITY; }
  NONCONVEX_HD static double subgradientDistance(double u, double s) {
    return u == 0 ? shrink(std::abs(s), 1) : std::abs(s - std::copysign(1, u));
  }
};

/// ||u||, the length of a group of numbers.
struct GroupNorm {
  static constexpr std::string_view name = "groupNorm";

  NONCONVEX_HD static double value(int n, const double* u) {
    double square = 0;
    for (int i = 0; i < n; ++i) square += u[i] * u[i];
    return std::sqrt(square);
  }
  /// The factor of a group of this length in its proximal step.
  NONCONVEX_HD static double factor(double length, double weight) {
    return length > weight ? 1 - weight / length : 0.0;
  }
  NONCONVEX_HD static void prox(int n, const double* a, double weight, double* u) {
    const double by = factor(value(n, a), weight);
    for (int i = 0; i < n; ++i) u[i] = by * a[i];
  }
  NONCONVEX_HD static double conjugate(int n, const double* s) { return L1::conjugate(value(n, s)); }
  NONCONVEX_HD static double subgradientDistance(int n, const double* u, const double* s) {
    const double length = value(n, u);
    if (length == 0) return L1::shrink(value(n, s), 1);
    double square = 0;
    for (int i = 0; i < n; ++i) square += (s[i] - u[i] / length) * (s[i] - u[i] / length);
    return std::sqrt(square);
  }
};

/// l1 |u| + l2 u^2 / 2, both weights >= 0: the elastic net.
struct ElasticNet {
  static constexpr std::string_view name = "elasticNet";

  double l1 = 1;
  double l2 = 1;

  NONCONVEX_HD double value(double u) const { return l1 * std::abs(u) + l2 / 2 * u * u; }
  NONCONVEX_HD double prox(double a, double weight) const { return L1::prox(a, weight * l1) / (1 + weight * l2); }
  NONCONVEX_HD double conjugate(double s) const {
    const double excess = L1::shrink(std::abs(s), l1);
    return excess == 0 ? 0 : l2 > 0 ? excess * excess / (2 * l2) : INFINITY;
  }
  /// The u at which the conjugate's supremum is attained, infinite where it is only approached; 0 where 0 is one.
  NONCONVEX_HD double conjugatePoint(double s) const {
    const double excess = L1::shrink(std::abs(s), l1);
    return excess == 0 ? 0 : std::copysign(l2 > 0 ? excess / l2 : INFINITY, s);
  }
  NONCONVEX_HD double subgradientDistance(double u, double s) const {
    return u == 0 ? L1::shrink(std::abs(s), l1) : std::abs(s - l2 * u - std::copysign(l1, u));
  }
};

/// weight ||u||_1^2, weight >= 0.
struct SquaredL1 {
  static constexpr std::string_view name = "squaredL1";

  double weight = 1;

  /// The value, and its derivative, where ||u||_1 is `norm`.
  NONCONVEX_HD double ofNorm(double norm) const { return weight * norm * norm; }
  NONCONVEX_HD double slope(double norm) const { return 2 * weight * norm; }
  NONCONVEX_HD double value(int n, const double* u) const { return ofNorm(sumOfSizes(n, u)); }
  /// All entries shrink by the slope at the norm that is left. The amount is found from below: entries above what is
  /// known of it give more of it, until no entry falls away.
  NONCONVEX_HD void prox(int n, const double* a, double factor, double* u) const {
    double amount = 0;
    for (int before = -1;;) {
      int above = 0;
      double sum = 0;
      for (int i = 0; i < n; ++i) {
        const double size = std::abs(a[i]);
        if (!(size > amount)) continue;
        ++above;
        sum += size;
      }
      if (above == before || above == 0) break;
      before = above;
      amount = factor * slope(sum) / (1 + factor * slope(above));
    }
    for (int i = 0; i < n; ++i) u[i] = L1::prox(a[i], amount);
  }
  NONCONVEX_HD double conjugate(int n, const double* s) const {
    double largest = 0;
    for (int i = 0; i < n; ++i) largest = std::max(largest, std::abs(s[i]));
    return largest == 0 ? 0 : largest * largest / (4 * weight);
  }
  NONCONVEX_HD double subgradientDistance(int n, const double* u, const double* s) const {
    const ElasticNet atNorm{slope(sumOfSizes(n, u)), 0};
    double square = 0;
    for (int i = 0; i < n; ++i) {
      const double distance = atNorm.subgradientDistance(u[i], s[i]);
      square += distance * distance;
    }
    return std::sqrt(square);
  }

 private:
  NONCONVEX_HD static double sumOfSizes(int n, const double* u) {
    double sum = 0;
    for (int i = 0; i < n; ++i) sum += std::abs(u[i]);
    return sum;
  }
};

/// The sum of the k largest |u_i|: ||u||_inf for k = 1, ||u||_1 for k = n. Its conjugate is 0 where no |s_i| exceeds 1
/// and their sum does not exceed k.
struct TopK {
  static constexpr std::string_view name = "topK";

  int k = 1;

  /// Goes through the sizes from the largest down, equal ones together.
  NONCONVEX_HD double value(int n, const double* u) const {
    double sum = 0;
    double above = INFINITY;
    for (int left = k; left > 0;) {
      double largest = 0;
      int times = 0;
      for (int i = 0; i < n; ++i) {
        const double size = std::abs(u[i]);
        if (!(size < above) || size < largest) continue;
        times = size > largest ? 1 : times + 1;
        largest = size;
      }
      if (times == 0 || largest == 0) break;
      sum += std::min(times, left) * largest;
      left -= times;
      above = largest;
    }
    return sum;
  }
  /// Entries above a level are cut down to it, by no more than `weight`; the level is such that k times the weight is
  /// cut off, or 0.
  NONCONVEX_HD void prox(int n, const double* a, double weight, double* u) const {
    const double level = levelOf(n, a, weight);
    for (int i = 0; i < n; ++i) {
      const double size = std::abs(a[i]);
      u[i] = std::copysign(std::max(std::min(size, level), size - weight), a[i]) + 0.0;  // + 0.0 turns -0 into 0
    }
  }
  NONCONVEX_HD double conjugate(int n, const double* s) const {
    double sum = 0;
    for (int i = 0; i < n; ++i) {
      const double size = std::abs(s[i]);
      if (size > 1 + domainSlack) return INFINITY;
      sum += size;
    }
    return sum > k * (1 + domainSlack) ? INFINITY : 0;
  }

 private:
  /// The root of what is cut off above a level, less k times the weight, by Newton's method, which ends at the root
  /// once it is on its piece, and bisection in turn.
  NONCONVEX_HD double levelOf(int n, const double* a, double weight) const {
    double low = 0;
    double high = 0;
    for (int i = 0; i < n; ++i) high = std::max(high, std::abs(a[i]));
    double level = 0;
    for (int step = 0; step < 200; ++step) {
      double excess = -k * weight;
      int between = 0;  // entries that are cut by less than the weight
      for (int i = 0; i < n; ++i) {
        const double over = std::abs(a[i]) - level;
        if (!(over > 0)) continue;
        between += over < weight ? 1 : 0;
        excess += std::min(over, weight);
      }
      if (excess == 0 || (excess < 0 && level == 0)) break;
      (excess > 0 ? low : high) = level;
      const double newton = level + excess / between;  // infinite where the sum is constant
      if (std::abs(newton - level) <= 1e-15 * (level + weight)) break;
      level = step % 2 == 1 || !(newton > low && newton < high) ? low + (high - low) / 2 : newton;
    }
    return level;
  }
};

}  // namespace penalties

/// All penalties.
using Penalties =
    TypeList<penalties::L1, penalties::GroupNorm, penalties::ElasticNet, penalties::SquaredL1, penalties::TopK>;

}  // namespace nonconvex
