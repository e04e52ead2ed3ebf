// How often long loops look whether the solve is to end.
#pragma once

#include "linalg/cpu.hpp"

namespace nonconvex {

/// Looks at the clock of `la` once in a while, in a loop whose rounds take `operations` each: small problems are not
/// kept by it.
class Looks {
 public:
  Looks(const Cpu& la, double operations) : la_(la), between_(1 + static_cast<int>(Tuning::operations / operations)) {}

  /// Called in each round. Throws Interrupted if the solve is to end.
  void next() {
    if (++rounds_ % between_ == 0) la_.checkpoint();
  }

 private:
  struct Tuning {
    static constexpr double operations = 1e6;  ///< safeguard: between two looks, about a millisecond
  };

  const Cpu& la_;
  int between_, rounds_ = 0;
};

}  // namespace nonconvex
