// Models with sums over rows between JavaScript and C++.
#pragma once

#include <memory>

#include "binding/js.hpp"
#include "expressions/rows/row_model.hpp"

namespace nonconvex {

/// The member `program`, which compileRows has made, with the `tables` and `parameters` of the request.
RowProblem readRowProblem(const Reader& in);
/// Reads such a problem as a mean over the rows of its table.
std::shared_ptr<const FiniteSumSource> readRowSum(const Reader& in);

}  // namespace nonconvex
