// A convex quadratic program that is solved again and again with other vectors.
#pragma once

#include <atomic>
#include <utility>

#include "methods/quadratic/proximal_interior_point.hpp"

namespace nonconvex {

/// A program with its method: scales, the order of elimination and the active sides of the last solution are kept. One
/// solve at a time, which `take` tells.
class PreparedQuadratic {
 public:
  PreparedQuadratic(const Cpu& la, ConvexQuadratic program, double tolerance)
      : la_(la), program_(std::move(program)), method_(la_, program_, tolerance) {}

  /// False while another solve has it.
  bool take() { return !taken_.exchange(true); }
  void giveBack() { taken_ = false; }

  const ConvexQuadratic& program() const { return program_; }
  ProximalInteriorPoint& method() { return method_; }
  /// Begins anew with the vectors of a program that has the same Q and G.
  void restart(std::span<const double> c, std::span<const double> atLeast, std::span<const double> atMost,
               std::span<const double> lower, std::span<const double> upper, double tolerance) {
    program_.c.assign(c.begin(), c.end());
    program_.atLeast.assign(atLeast.begin(), atLeast.end());
    program_.atMost.assign(atMost.begin(), atMost.end());
    program_.lower.assign(lower.begin(), lower.end());
    program_.upper.assign(upper.begin(), upper.end());
    method_.restart(tolerance);
  }

 private:
  const Cpu la_;
  ConvexQuadratic program_;
  ProximalInteriorPoint method_;
  std::atomic<bool> taken_ = false;
};

}  // namespace nonconvex
