// Compressed storage: checks and transposition against the dense matrix.
#include "data/compressed.hpp"

#include <limits>

#include "check.hpp"
#include "core/random.hpp"
#include "data/constant_matrix.hpp"

using namespace nonconvex;

namespace {

/// A random sparse matrix by columns or by rows. In each line indices come backwards, and some entries twice.
struct Sample {
  int rows, columns;
  std::vector<double> dense;
  bool byColumn;
  std::vector<int> offsets = {0}, indices;
  std::vector<double> values;

  Sample(int m, int n, bool columnwise, bool backwards, bool twice, std::uint64_t seed)
      : rows(m), columns(n), dense(at(m) * at(n)), byColumn(columnwise) {
    const Random random(seed);
    const int lines = columnwise ? n : m, width = columnwise ? m : n;
    std::uint64_t next = 0;
    for (int l = 0; l < lines; ++l) {
      for (int k = 0; k < width; ++k) {
        const int index = backwards ? width - 1 - k : k;
        const double u = random.uniform(next++);
        const int times = u < 0.5 ? 0 : twice && u > 0.9 ? 2 : 1;
        for (int time = 0; time < times; ++time) {
          const double value = random.normal(next++);
          indices.push_back(index);
          values.push_back(value);
          dense[columnwise ? at(index) * at(n) + at(l) : at(l) * at(n) + at(index)] += value;
        }
      }
      offsets.push_back(static_cast<int>(values.size()));
    }
  }
  SparseInput input() const { return {byColumn, rows, columns, offsets, indices, values}; }
};

template <class F>
void forSamples(F&& f) {
  for (const auto& [m, n] : {std::pair{1, 1}, {4, 7}, {9, 3}, {1, 12}, {12, 1}, {30, 30}}) {
    for (int k = 0; k < 8; ++k)
      f(Sample(m, n, (k & 1) != 0, (k & 2) != 0, (k & 4) != 0, static_cast<std::uint64_t>(m)));
  }
}

}  // namespace

TEST(placesOfTheTransposition) {
  forSamples([](const Sample& A) {
    const SparseInput input = A.input();
    std::vector<int> lines(A.indices.size(), -1), entries(A.indices.size(), -1);
    int calls = 0;
    const std::vector<int> offsets =
        transposeStorage(A.offsets, A.indices, input.width(), [&](int place, int line, int entry) {
          CHECK_EQ(entry, calls++);
          CHECK_EQ(entries[at(place)], -1);
          lines[at(place)] = line;
          entries[at(place)] = entry;
        });
    CHECK_EQ(calls, static_cast<int>(A.indices.size()));
    CHECK_EQ(offsets.size(), at(input.width()) + 1);
    CHECK_EQ(offsets.back(), calls);
    for (int index = 0; index < input.width(); ++index) {
      for (int k = offsets[at(index)]; k < offsets[at(index) + 1]; ++k) {
        const int line = lines[at(k)], entry = entries[at(k)];
        CHECK_EQ(A.indices[at(entry)], index);
        CHECK(A.offsets[at(line)] <= entry && entry < A.offsets[at(line) + 1]);
        // In order, of entries that occur twice the first one first.
        if (k > offsets[at(index)])
          CHECK(line > lines[at(k) - 1] || (line == lines[at(k) - 1] && entry > entries[at(k) - 1]));
      }
    }
  });
}

TEST(rowsOfMatricesThatAreHandedIn) {
  forSamples([](const Sample& A) {
    const ConstantMatrix rows = rowsOf(A.input());
    CHECK_EQ(rows.rows, A.rows);
    CHECK_EQ(rows.columns, A.columns);
    CHECK_EQ(rows.values.size(), A.values.size());
    std::vector<double> dense(A.dense.size());
    for (int i = 0; i < A.rows; ++i) {
      for (int k = rows.offsets[at(i)]; k < rows.offsets[at(i) + 1]; ++k) {
        if (k > rows.offsets[at(i)]) CHECK(rows.indices[at(k)] >= rows.indices[at(k) - 1]);
        dense[at(i) * at(A.columns) + at(rows.indices[at(k)])] += rows.values[at(k)];
      }
    }
    for (std::size_t k = 0; k < dense.size(); ++k) CHECK_EQ(dense[k], A.dense[k]);
    const SparseInput view = rows.sparse();
    requireCompressed(view, "rows");
    CHECK_EQ(view.lines(), A.rows);
    CHECK_EQ(view.width(), A.columns);
  });
  const float numbers[] = {1, 2, 3, 4, 5, 6};
  const ConstantMatrix dense = rowsOf(MatrixInput{nullptr, numbers, 2, 3});
  CHECK(dense.dense());
  CHECK_EQ(dense.entry(1, 0), 4.0);
}

TEST(indicesThatIncrease) {
  const std::vector<int> offsets = {0, 2, 2, 4};
  CHECK(indicesIncrease(offsets, std::vector<int>{0, 3, 1, 2}));
  CHECK(!indicesIncrease(offsets, std::vector<int>{3, 0, 1, 2}));
  CHECK(!indicesIncrease(offsets, std::vector<int>{0, 3, 2, 2}));
  CHECK(indicesIncrease(std::vector<int>{0}, {}));
}

TEST(storageThatIsWrongIsRefused) {
  const auto message = [](std::vector<int> offsets, std::vector<int> indices, std::size_t values, int rows = 3) {
    const std::vector<double> numbers(values);
    return check::messageOf([&] { requireCompressed({true, rows, 2, offsets, indices, numbers}, "A"); });
  };
  CHECK_EQ(message({0, 1, 2}, {2, 0}, 2), "");
  CHECK(check::contains(message({0, 2}, {2, 0}, 2), "A.offsets.length = 2: expected one more than 2"));
  CHECK(check::contains(message({0, 1, 2}, {2}, 2), "A.indices.length = 1: expected as many as values: 2"));
  CHECK(check::contains(message({0, 1, 3}, {2, 0}, 2), "A.offsets = 3: expected to go from 0 to 2"));
  CHECK(check::contains(message({1, 1, 2}, {2, 0}, 2), "A.offsets"));
  CHECK(check::contains(message({0, 3, 2}, {2, 0}, 2), "A.offsets = 2: expected not to decrease"));
  CHECK(check::contains(message({0, 1, 2}, {3, 0}, 2), "A.indices = 3: expected 0 to 2"));
  CHECK(check::contains(message({0, 1, 2}, {-1, 0}, 2), "A.indices = -1: expected 0 to 2"));
  CHECK(check::contains(message({0, 1, 2}, {2, 0}, 2, -1), "A.offsets.length"));
}
