// Second-order conditions in numbers.
#pragma once

#include "core/fields.hpp"

namespace nonconvex {

/// Eigenvalues of the Hessian of the Lagrangian on the null space of the Jacobian; all -1 when not determined.
struct ReducedInertia {
  int positive = -1;
  int negative = -1;
  int zero = -1;

  bool known() const { return positive >= 0; }

  static constexpr auto fields() {
    using Self = ReducedInertia;
    return FieldTuple{OUT(positive, "Positive eigenvalues."), OUT(negative, "Negative eigenvalues."),
                      OUT(zero, "Eigenvalues that are zero.")};
  }
};

}  // namespace nonconvex
