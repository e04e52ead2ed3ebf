// Ints as indices.
#pragma once

#include <cstddef>

namespace nonconvex {

/// An int that is not negative, as an index or a size.
constexpr std::size_t at(int k) { return static_cast<std::size_t>(k); }

}  // namespace nonconvex
