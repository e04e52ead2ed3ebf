// Loops over rows of data that let a solve end between pieces of them.
#pragma once

#include <algorithm>

namespace nonconvex {

/// Calls f(i) for i = 0, ..., rows - 1, and `pause`, which may throw, before each piece of a quarter of a million
/// numbers: a few milliseconds.
template <class Pause, class F>
void forRowsInPieces(int rows, int columns, Pause&& pause, F&& f) {
  constexpr int numbers = 1 << 18;
  const int piece = std::max(1, numbers / std::max(1, columns));
  for (int i = 0; i < rows; ++i) {
    if (i % piece == 0) pause();
    f(i);
  }
}

}  // namespace nonconvex
