// Solves that all ranks run together.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/communicator.hpp"

namespace nonconvex {

/// A solve of all ranks: solve(monitor), on a monitor that ends when they have agreed on that, gives back its answer,
/// which is compared. What it throws is said to the others.
void solveTogether(std::shared_ptr<Ranks::Turn> turn, Monitor& wishes, std::uint64_t fingerprint,
                   const std::function<std::vector<double>(Monitor&)>& solve);

}  // namespace nonconvex
