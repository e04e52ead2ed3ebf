// Lower bounds of the optimum of problems with several responses.
#pragma once

#include <span>
#include <vector>

#include "solvers/sparse/certificates/certificate.hpp"

namespace nonconvex {

/// What makeOrthogonal() of one response does, for all of them: slopes become orthogonal to the intercepts and, those
/// of each response, to its columns of `free`, at the point with these first and second derivatives.
bool makeResponsesOrthogonal(const SparseData& data, const RowsLoss& loss, std::span<const std::vector<int>> free,
                             bool intercept, std::span<const double> first, std::span<const double> second,
                             std::span<double> slopes);

}  // namespace nonconvex
