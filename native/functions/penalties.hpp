// Penalties, one struct each, for the host and for a device.
//
// A struct has what exists of
//   value(u)
//   prox(a, weight)               argmin_u weight value(u) + (u - a)^2 / 2
//   conjugate(s)                  sup_u s u - value(u); infinite outside its domain
//   subgradientDistance(u, s)     how far s is from the subgradients at u
// of a number u or, with the number of entries before it, of a vector. What does not exist is absent. A penalty that
// stands in `Penalties` below is tested by test/native/functions/penalties.cpp: see docs/developers/add-a-loss.md.
#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>

#include "core/hostdevice.hpp"
#include "core/type_list.hpp"
#include "functions/math.hpp"

namespace nonconvex {
namespace penalties {

/// |u|
struct L1 {
  static constexpr std::string_view name = "l1";

  NONCONVEX_HD static double value(double u) { return std::abs(u); }
  /// The size of prox(a, weight) from |a|.
  NONCONVEX_ALWAYS_INLINE static double shrink(double size, double weight) { return std::max(0.0, size - weight); }
  NONCONVEX_HD static double prox(double a, double weight) {
    return std::copysign(shrink(std::abs(a), weight), a) + 0.0;  // not -0
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
  /// What a group of this length is multiplied by in its proximal step.
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

}  // namespace penalties

using Penalties = TypeList<penalties::L1, penalties::GroupNorm>;

}  // namespace nonconvex
