// Ranks between JavaScript and C++.
#pragma once

#include <memory>

#include "binding/js.hpp"
#include "core/communicator.hpp"

namespace nonconvex {

/// The member `ranks`, which openWorld has made; null where there is none.
std::shared_ptr<Ranks> readRanks(const Reader& in);

/// A place in the order of solves for the member `ranks`; null where there is none.
std::shared_ptr<Ranks::Turn> readTurn(const Reader& in);

}  // namespace nonconvex
