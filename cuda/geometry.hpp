// Which thread of a launch does which entries: plain arithmetic that the kernels and the tests share.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/hostdevice.hpp"
#include "cuda/tables.hpp"
#include "linalg/simd_pack.hpp"

namespace nonconvex::cuda {

constexpr int blockSize = 256;  // threads of a block, a multiple of `warp`
constexpr int warp = 32;        // threads that a device runs in step

/// Blocks and their threads.
struct Geometry {
  Extent grid;
  Extent block;
};

struct Thread {
  Extent block;   ///< its number in the grid
  Extent thread;  ///< its number in the block
  Geometry launch;

  /// Number along x and y in the whole grid, and how many there are.
  NONCONVEX_HD std::int64_t x() const { return std::int64_t{block.x} * launch.block.x + thread.x; }
  NONCONVEX_HD std::int64_t y() const { return std::int64_t{block.y} * launch.block.y + thread.y; }
  NONCONVEX_HD std::int64_t countX() const { return std::int64_t{launch.grid.x} * launch.block.x; }
  NONCONVEX_HD std::int64_t countY() const { return std::int64_t{launch.grid.y} * launch.block.y; }
};

constexpr std::int64_t blocksFor(std::int64_t items, std::int64_t perBlock) {
  return (items + perBlock - 1) / perBlock;
}

/// Threads along a column of m entries: whole warps read neighbours, short columns share a block.
constexpr int threadsAlong(int m) {
  int threads = warp;
  while (threads < blockSize && threads < m) threads *= 2;
  return threads;
}

/// Enough blocks to fill any device several times over; threads take further entries in strides of the grid.
constexpr std::int64_t mostBlocks = 8192;

/// Geometry of a loop over n >= 1 entries.
constexpr Geometry loopGeometry(int n) {
  return {{static_cast<unsigned>(std::min(blocksFor(n, blockSize), mostBlocks))}, {blockSize}};
}

/// Geometry of a loop over the entries of an m x n matrix, m and n >= 1; x runs along columns.
constexpr Geometry loopGeometry(int m, int n) {
  const int along = threadsAlong(m);
  const std::int64_t x = std::min(blocksFor(m, along), mostBlocks);
  const std::int64_t y = std::min(blocksFor(n, blockSize / along), std::max<std::int64_t>(1, mostBlocks / x));
  return {{static_cast<unsigned>(x), static_cast<unsigned>(y)},
          {static_cast<unsigned>(along), static_cast<unsigned>(blockSize / along)}};
}

/// A column of m entries in steps: packs of four, then the entries that are left one by one.
constexpr int stepsOf(int m) { return m / packSize + m % packSize; }
constexpr bool isPack(int m, std::int64_t step) { return step < m / packSize; }
/// Its first entry.
constexpr int entryOf(int m, std::int64_t step) {
  return static_cast<int>(isPack(m, step) ? packSize * step : m / packSize * (packSize - 1) + step);
}

/// Sums of columns: few tall columns are cut into pieces, whose sums are added afterwards; never more than `mostPieces`
/// in all. Depends on the sizes alone, so that sums are the same bits each time.
constexpr int mostPieces = 1024;
constexpr int piecesOf(int m, int n) {
  constexpr int leastRows = 8 * blockSize;
  return static_cast<int>(std::max<std::int64_t>(1, std::min<std::int64_t>(blocksFor(m, leastRows), mostPieces / n)));
}

/// x of the grid runs over groups of columns, y over their pieces.
constexpr Geometry sumGeometry(int m, int n) {
  const int along = threadsAlong(m);
  return {{static_cast<unsigned>(blocksFor(n, blockSize / along)), static_cast<unsigned>(piecesOf(m, n))},
          {static_cast<unsigned>(along), static_cast<unsigned>(blockSize / along)}};
}

/// A Gram matrix, n x n from columns of length k, in pieces of k: few tiles of a product leave most of a device idle,
/// and as many as there are pieces are computed at once. One where n is large, or where k is so short that writing and
/// adding the pieces' sums would be much of the work.
constexpr int gramPieces(int n, int k) {
  constexpr std::int64_t tile = 128;
  constexpr std::int64_t wantedTiles = 256;
  constexpr std::int64_t mostTiles = 64;
  constexpr int leastLength = 256;
  const std::int64_t tiles = blocksFor(n, tile) * blocksFor(n, tile);
  if (n < 1 || tiles > mostTiles) return 1;
  const std::int64_t length = std::max<std::int64_t>(leastLength, std::int64_t{2} * n);
  return static_cast<int>(std::max<std::int64_t>(1, std::min(wantedTiles / tiles, k / length)));
}
/// Length of all pieces but what is left over: the pieces begin at addresses that are multiples of 16 bytes if the
/// first does.
constexpr int gramPieceLength(int k, int pieces) { return k / pieces / 4 * 4; }

/// Square tiles of a matrix, one a block, with `tileRows` rows of threads that each do several rows of the tile.
constexpr int tileSize = 32;
constexpr int tileRows = 8;  // 256 threads of a block do four rows of a tile each
constexpr Geometry tileGeometry(int n) {
  const auto tiles = static_cast<unsigned>(blocksFor(n, tileSize));
  return {{tiles, tiles}, {tileSize, tileRows}};
}

}  // namespace nonconvex::cuda
