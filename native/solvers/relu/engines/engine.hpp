// A method that solves the convex program of two-layer ReLU networks, as ReluSolver sees it.
#pragma once

#include <optional>

#include "core/status.hpp"
#include "linalg/linalg.hpp"
#include "solvers/relu/problem.hpp"
#include "solvers/relu/prox.hpp"

namespace nonconvex {

/// A dual point of the convex program, in double precision.
template <class Space>
struct ReluDual {
  Mat<const double, Space> theta;   ///< n x c
  Mat<const double, Space> q = {};  ///< F^T theta; no columns where it is not at hand
};

template <LinAlg La>
class ReluEngine {
 public:
  using Space = typename La::Space;

  ReluEngine() = default;
  ReluEngine(const ReluEngine&) = delete;
  ReluEngine& operator=(const ReluEngine&) = delete;
  virtual ~ReluEngine() = default;

  /// Allocates all that steps need, and begins at the warm start of the state if there is one.
  virtual void start() = 0;
  /// Does one iteration. A status ends the solve.
  virtual std::optional<Status> step() = 0;
  /// A feasible point next to the iterate. The proximal step then has the shifts that belong to `dual()`.
  virtual ReluPoint<Space> weights() = 0;
  /// The multiplier of the last iteration; none before the first one.
  virtual std::optional<ReluDual<Space>> dual() = 0;
  /// Returns true if the iterate converges so fast that nothing is gained by corrections, or by other dual points.
  virtual bool secondOrder() const { return false; }
  /// Writes what a report says of the iteration itself, after its points were offered to the certificate.
  virtual void report(ReluProgress& now) = 0;

  /// The penalty of the augmented Lagrangian, on the scaled data.
  virtual double rho() const = 0;
  virtual int factorizations() const = 0;
};

}  // namespace nonconvex
