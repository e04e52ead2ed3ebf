// Which loss the rows of the data have.
#pragma once

#include <memory>

#include "solvers/sparse/data.hpp"
#include "solvers/sparse/losses/loss.hpp"

namespace nonconvex {

/// The loss of the data, which must live longer.
std::unique_ptr<RowsLoss> makeRowsLoss(const SparseData& data);

}  // namespace nonconvex
