// Index arithmetic of kernels: each entry is some thread's, once, and nothing overflows for the largest sizes.
// Compiled with sanitizers itself: what it tests stands in headers.
#include "check.hpp"
#include "cuda/kernels.hpp"

using namespace nonconvex;
using namespace nonconvex::cuda;

namespace {

bool launchable(const Geometry& g) {
  return g.grid.x >= 1 && g.grid.x <= 2147483647u && g.grid.y >= 1 && g.grid.y <= 65535 && g.grid.z == 1 &&
         g.block.z == 1 && g.block.x >= 1 && g.block.y >= 1 && g.block.x * g.block.y <= blockSize;
}

/// Counts what one thread visits, and remembers the ends.
struct Visits {
  std::int64_t count = 0;
  int leastI = 2147483647, mostI = -1;
  int leastJ = 2147483647, mostJ = -1;
};
struct Visit {
  Visits* visits;
  double operator()(int i, int j) const {
    ++visits->count;
    visits->leastI = std::min(visits->leastI, i);
    visits->mostI = std::max(visits->mostI, i);
    visits->leastJ = std::min(visits->leastJ, j);
    visits->mostJ = std::max(visits->mostJ, j);
    return 0;
  }
  double operator()(int i) const { return (*this)(i, 0); }
};

template <class Body>
void runThread(const Body& body, const Geometry& g, bool last) {
  Thread thread{{0, 0, 0}, {0, 0, 0}, g};
  if (last) thread = {{g.grid.x - 1, g.grid.y - 1, 0}, {g.block.x - 1, g.block.y - 1, 0}, g};
  typename Body::Shared shared;
  body(0, shared, thread);
}

/// How many of the numbers below n are `first` plus a multiple of `step`.
std::int64_t share(std::int64_t n, std::int64_t first, std::int64_t step) {
  return first < n ? (n - 1 - first) / step + 1 : 0;
}

constexpr int largest = std::numeric_limits<int>::max();

}  // namespace

TEST(loops) {
  for (const int n : {1, 2, 31, 255, 256, 257, 8192 * 256, 8192 * 256 + 1, largest}) {
    const Geometry g = loopGeometry(n);
    CHECK(launchable(g));
    for (const bool last : {false, true}) {
      Visits visits;
      runThread(Loop<Visit>{n, {&visits}}, g, last);
      const std::int64_t threads = std::int64_t{g.grid.x} * g.block.x;
      const std::int64_t first = last ? threads - 1 : 0;
      CHECK_EQ(visits.count, share(n, first, threads));
      if (visits.count == 0) continue;
      CHECK_EQ(visits.leastI, static_cast<int>(first));
      CHECK_EQ(visits.mostI, static_cast<int>(first + (visits.count - 1) * threads));
    }
  }
}

TEST(loopsOverMatrices) {
  for (const auto& [m, n] : {std::pair{1, 1},
                             {1, 70000},
                             {70000, 1},
                             {33, 65},
                             {257, 3},
                             {20, 100000},
                             {100000, 50000},
                             {largest, 1},
                             {1, largest},
                             {largest, 3},
                             {3000000, 3000}}) {
    const Geometry g = loopGeometry(m, n);
    CHECK(launchable(g));
    for (const bool last : {false, true}) {
      Visits visits;
      runThread(MatrixLoop<Visit>{m, n, {&visits}}, g, last);
      const std::int64_t across = std::int64_t{g.grid.x} * g.block.x;
      const std::int64_t down = std::int64_t{g.grid.y} * g.block.y;
      CHECK_EQ(visits.count, share(m, last ? across - 1 : 0, across) * share(n, last ? down - 1 : 0, down));
      if (visits.count == 0) continue;
      CHECK(visits.leastI == (last ? across - 1 : 0) && visits.mostI < m);
      CHECK(visits.leastJ == (last ? down - 1 : 0) && visits.mostJ < n);
    }
  }
  // All threads together, once each.
  for (const auto& [m, n] : {std::pair{1, 1}, {1, 700}, {700, 1}, {33, 65}, {257, 300}, {20, 9000}, {9000, 20}}) {
    std::vector<int> visits(static_cast<std::size_t>(m) * static_cast<std::size_t>(n));
    struct Count {
      int* visits;
      int rows;
      void operator()(int i, int j) const {
        ++visits[static_cast<std::size_t>(j) * static_cast<std::size_t>(rows) + static_cast<std::size_t>(i)];
      }
    };
    const MatrixLoop<Count> body{m, n, {visits.data(), m}};
    runOnHost<MatrixLoop<Count>>(&body, loopGeometry(m, n));
    CHECK(std::all_of(visits.begin(), visits.end(), [](int count) { return count == 1; }));
  }
}

TEST(sumsOfColumns) {
  for (const auto& [m, n] : {std::pair{0, 5},
                             {1, 1},
                             {1, largest},
                             {largest, 1},
                             {largest, 1000},
                             {64, 100000},
                             {5000, 7},
                             {2048, 1},
                             {2049, 1},
                             {1000000, 600}}) {
    const Geometry g = sumGeometry(m, n);
    CHECK(launchable(g));
    const int pieces = piecesOf(m, n);
    CHECK(pieces >= 1 && g.grid.y == static_cast<unsigned>(pieces));
    CHECK(pieces == 1 || static_cast<std::int64_t>(pieces) * n <= mostPieces);
    CHECK_EQ(piecesOf(pieces, n), 1);  // the sums of the pieces are added in one go
    CHECK(std::int64_t{g.grid.x} * g.block.y >= n);
    CHECK((std::int64_t{g.grid.x} - 1) * g.block.y < n);
    Visits visits;
    double unused[mostPieces + 1];
    runThread(ColumnSums<Visit>{m, n, {&visits}, unused}, g, false);
    CHECK_EQ(visits.count, share(m, 0, std::int64_t{g.block.x} * pieces));
  }
}

TEST(stepsOfColumns) {
  for (int m = 0; m < 20; ++m) {
    std::vector<int> visits(static_cast<std::size_t>(m));
    for (int step = 0; step < stepsOf(m); ++step) {
      const int first = entryOf(m, step);
      CHECK(!isPack(m, step) || first % packSize == 0);
      for (int i = first; i < first + (isPack(m, step) ? packSize : 1); ++i) ++visits.at(static_cast<std::size_t>(i));
    }
    CHECK(std::all_of(visits.begin(), visits.end(), [](int count) { return count == 1; }));
  }
  CHECK_EQ(entryOf(largest, stepsOf(largest) - 1), largest - 1);
  CHECK_EQ(entryOf(largest, largest / packSize - 1), largest - 7);
}

TEST(packsBeginAtBoundaries) {
  alignas(16) double full[64];
  alignas(16) float single[64];
  CHECK(liesInPacks(Mat<double>{full, 5, 3, 8}));
  CHECK(liesInPacks(Mat<double>{full + 2, 5, 3, 8}));
  CHECK(!liesInPacks(Mat<double>{full + 1, 5, 3, 8}));
  CHECK(!liesInPacks(Mat<double>{full, 5, 3, 6}));
  CHECK(liesInPacks(Mat<double>{full, 5, 1, 5}));
  CHECK(liesInPacks(Mat<const float>{single + 4, 5, 3, 8}));
  for (const int offset : {1, 2, 3}) CHECK(!liesInPacks(Mat<const float>{single + offset, 5, 3, 8}));
  const Mat<const Pack<float>> packs = asPacks(Mat<const float>{single, 11, 3, 12});
  CHECK(packs.rows == 2 && packs.cols == 3 && packs.stride == 3);
  CHECK(&packs(1, 2).entry[3] == single + 2 * 12 + 7);
}

TEST(piecesOfGramMatrices) {
  for (const int n : {0, 1, 5, 128, 129, 500, 1024, 1025, 100000, largest}) {
    for (const int k : {0, 1, 2047, 2048, 2049, 10007, 1000003, largest}) {
      const int pieces = gramPieces(n, k);
      CHECK(pieces >= 1);
      if (pieces == 1) continue;
      const std::int64_t length = gramPieceLength(k, pieces);
      CHECK(length >= 256 && length % 4 == 0);
      CHECK(length * pieces <= k && length * pieces > k - 4 * pieces);
      const std::int64_t sums = std::int64_t{pieces} * n * n;
      CHECK(sums <= std::int64_t{256} * 128 * 128);  // the memory that they take
      CHECK(2 * sums <= std::int64_t{n} * k);        // beside the matrix that is read
    }
  }
  CHECK_EQ(gramPieces(1, 511), 1);
  CHECK_EQ(gramPieces(1, 512), 2);
  CHECK_EQ(gramPieces(200, (1 << 21) / 200), 26);
  CHECK_EQ(gramPieces(128, largest), 256);
  CHECK_EQ(gramPieces(1024, largest), 4);
  CHECK_EQ(gramPieces(1025, largest), 1);
}

TEST(tiles) {
  for (const int n : {1, 31, 32, 33, 65, 2000000}) {
    const Geometry g = tileGeometry(n);
    CHECK(launchable(g));
    CHECK(std::int64_t{g.grid.x} * tileSize >= n && (std::int64_t{g.grid.x} - 1) * tileSize < n);
    CHECK_EQ(g.grid.x, g.grid.y);
  }
}
