// A convex quadratic program that is solved again and again with other vectors.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "methods/quadratic/active_set.hpp"
#include "methods/quadratic/proximal_interior_point.hpp"

namespace nonconvex {

/// A program with its method: scales, the order of elimination and the active sides of the last solution are kept. One
/// solve at a time, which `take` sees to.
class PreparedQuadratic {
 public:
  PreparedQuadratic(const Cpu& la, ConvexQuadratic program, double tolerance);
  ~PreparedQuadratic();

  /// The program for one solve, until the pointer is gone; null while another solve has it.
  static std::shared_ptr<PreparedQuadratic> take(const std::shared_ptr<PreparedQuadratic>& from);

  const ConvexQuadratic& program() const { return program_; }
  ProximalInteriorPoint& method() { return method_; }
  /// Takes the vectors of a program that has the same Q and G. `method().restart(...)` begins with them.
  void setVectors(std::span<const double> c, std::span<const double> atLeast, std::span<const double> atMost,
                  std::span<const double> lower, std::span<const double> upper);
  /// Solves a small strictly convex program from the active sides of the last one; false where it is none, or they lead
  /// to nothing.
  bool solveSmall(QuadraticPoint& point, int& steps);

 private:
  /// A program of up to some variables and rows, dense.
  struct Small {
    HostMatrix<double> Q, G;
    DualActiveSet method;
  };
  struct Tuning {
    static constexpr int variables = 60;  ///< safeguard: largest small program, whose factors stay in a cache
    static constexpr int rows = 120;      ///< safeguard: rows of the largest small program
  };

  void makeSmall();

  const Cpu la_;
  ConvexQuadratic program_;
  ProximalInteriorPoint method_;
  bool isSmall_;                ///< dense factors are worth it, and Q is positive definite as far as is known
  std::optional<Small> small_;  ///< made by the first solve that needs it
  std::atomic<bool> taken_ = false;
};

}  // namespace nonconvex
