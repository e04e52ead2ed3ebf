// Fronts so small that calls for their parts would take longer than the sums: they are assembled, eliminated and solved
// with in one loop, as long as all their columns pass the threshold test in the order in which they stand.
#pragma once

#include <cstddef>
#include <span>

#include "linalg/sparse/front_memory.hpp"

namespace nonconvex {

/// Assembles and eliminates `fronts` up to the first one that is not small or not plain, and no further once `most` are
/// done; returns how many were. The arithmetic is that of `eliminate`, to the last bit.
std::size_t eliminatePlain(const FrontMemory& memory, std::span<const int> fronts, std::size_t most);

/// x := L^{-1} x and division by D, which for chains is left to `backwardPlain`, for `fronts` up to the first one that
/// is not small or was not plain, and no further once `most` are done; returns how many were. `owed`: what fronts owe
/// to their rows.
std::size_t forwardPlain(const FrontMemory& memory, std::span<const int> fronts, std::size_t most, double* x,
                         double* owed);

/// x := L^{-T} x, for `fronts` from the last one back, with the end and the result of `forwardPlain`.
std::size_t backwardPlain(const FrontMemory& memory, std::span<const int> fronts, std::size_t most, double* x);

}  // namespace nonconvex
