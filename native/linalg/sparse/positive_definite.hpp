// A proof that a symmetric matrix has no negative eigenvalue, up to an error that is known.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "linalg/sparse/pattern.hpp"

namespace nonconvex {

/// Numbers d >= 0, one for each column, with which A + diag(d) is positive semidefinite: 0 where A is by a margin above
/// all errors of a Cholesky factorisation (Demmel 1989), a few of these errors where it is within them. Nothing where A
/// has a negative eigenvalue beyond errors, or would take too many operations. `lower`: columns of the lower triangle.
std::optional<std::vector<double>> concavityOf(const Cpu& la, const SparsePattern& lower,
                                               std::span<const double> values);

}  // namespace nonconvex
