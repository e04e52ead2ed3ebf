// Sums whose rows are spread over ranks.
#pragma once

#include <memory>

#include "core/communicator.hpp"
#include "problems/finite_sum.hpp"

namespace nonconvex {

/// The sum over the rows of all ranks, one rank's after the other's; `own` has this rank's rows: f is the mean over all
/// rows, row numbers are those of all, and a set of rows is gone through by each rank as far as it has them. What is
/// asked of the sum is asked by all ranks at the same time, within a JointSolve, and answered with the same bits. Of
/// one rank it is `own`. Weights of a regression's rows are those of all ranks together, of whatever sum. Throws Error
/// UNSUPPORTED where there are more rows than an int counts.
std::shared_ptr<const FiniteSumSource> jointSource(std::shared_ptr<const FiniteSumSource> own,
                                                   std::shared_ptr<Ranks> ranks);

}  // namespace nonconvex
