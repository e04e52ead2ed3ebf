// Rows in blocks, so that sums over them do not depend on threads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "core/index.hpp"
#include "linalg/cpu.hpp"

namespace nonconvex {

/// How many rows are cut into blocks: by their number alone.
struct RowBlocks {
  static constexpr int most = 64;  // the most blocks: a sum holds one vector of length n for each
  int rows = 0;
  int perBlock = 1;

  /// Blocks of at least `least` rows: fewer are not worth a task.
  RowBlocks(int count, int least) : rows(count), perBlock(std::max(least, (count + most - 1) / most)) {}
  int count() const { return (rows + perBlock - 1) / perBlock; }
  int begin(int block) const { return block * perBlock; }
  int end(int block) const { return std::min(rows, (block + 1) * perBlock); }
};

/// Sums of vectors over blocks of rows: each block has a vector of its own, and they are added in the order of a binary
/// tree.
template <class T>
class BlockSums {
 public:
  /// Calls add(block, to, value) for each block, whose vector `to` is zero before, and adds what it has written. The
  /// vector of the first block is `out` itself. Returns the sum of the numbers that `add` returns.
  template <class Add>
  double sum(const Cpu& la, const RowBlocks& blocks, std::span<T> out, double operations, Add&& add) {
    const int count = blocks.count();
    if (count <= 1) {
      std::fill(out.begin(), out.end(), T(0));
      return count == 0 ? 0 : add(0, out);
    }
    const std::size_t n = out.size();
    if (parts_.size() < n * at(count - 1)) parts_.resize(n * at(count - 1));
    const auto part = [&](int block) { return block == 0 ? out : std::span<T>(parts_.data() + n * at(block - 1), n); };
    double values[RowBlocks::most];
    la.tasks(
        count,
        [&](int block) {
          la.checkpoint();
          const std::span<T> to = part(block);
          std::fill(to.begin(), to.end(), T(0));
          values[block] = add(block, to);
        },
        operations);
    for (int apart = 1; apart < count; apart *= 2) {
      for (int block = 0; block + apart < count; block += 2 * apart) {
        const std::span<T> to = part(block), from = part(block + apart);
        for (std::size_t j = 0; j < n; ++j) to[j] += from[j];
        values[block] += values[block + apart];
      }
    }
    return values[0];
  }

 private:
  std::vector<T> parts_;
};

}  // namespace nonconvex
