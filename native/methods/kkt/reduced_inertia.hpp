// Second-order conditions in numbers.
#pragma once

namespace nonconvex {

/// Eigenvalues of the Hessian of the Lagrangian on the null space of the Jacobian; all -1 when not determined.
struct ReducedInertia {
  int positive = -1;
  int negative = -1;
  int zero = -1;
};

}  // namespace nonconvex
