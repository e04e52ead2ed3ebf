// Sparse matrices: check and transposition against the dense matrix.
#include "data/sparse_matrix.hpp"

#include <limits>

#include "check.hpp"
#include "core/error.hpp"
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
  SparseView input() const {
    return {byColumn ? Lines::columns : Lines::rows, rows, columns, offsets, indices, values};
  }
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
    const SparseView input = A.input();
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

TEST(placesAreThoseOfTheTransposition) {
  forSamples([](const Sample& A) {
    const SparseMatrix to = transposed(A.input());
    const ListedPattern places = transposedPlaces(A.input());
    CHECK_EQ(places.pattern.lines, A.input().width());
    CHECK_EQ(places.pattern.width, A.input().lines());
    CHECK(places.pattern.offsets == to.offsets);
    CHECK(places.pattern.indices == to.indices);
    for (std::size_t k = 0; k < to.values.size(); ++k) CHECK_EQ(A.values[at(places.order[k])], to.values[k]);
  });
}

TEST(copiesByRowsAndByColumns) {
  forSamples([](const Sample& A) {
    for (const Lines lines : {Lines::rows, Lines::columns}) {
      const SparseMatrix copy = copyBy(lines, A.input());
      CHECK(copy.by == lines);
      CHECK_EQ(copy.rows, A.rows);
      CHECK_EQ(copy.columns, A.columns);
      CHECK_EQ(copy.values.size(), A.values.size());
      std::vector<double> dense(A.dense.size());
      for (int l = 0; l < copy.view().lines(); ++l) {
        for (int k = copy.offsets[at(l)]; k < copy.offsets[at(l) + 1]; ++k) {
          const int index = copy.indices[at(k)];
          if (k > copy.offsets[at(l)]) CHECK(index >= copy.indices[at(k) - 1]);
          const bool byRow = lines == Lines::rows;
          dense[at(byRow ? l : index) * at(A.columns) + at(byRow ? index : l)] += copy.values[at(k)];
        }
      }
      for (std::size_t k = 0; k < dense.size(); ++k) CHECK_EQ(dense[k], A.dense[k]);
      CHECK_EQ(check::messageOf([&] { requireSparse(copy.view(), "copy"); }).empty(),
               indicesIncrease(copy.offsets, copy.indices));
    }
  });
}

/// Lets an abort be heard: memory is cleared by the system when it is written first, here a megabyte at a time.
TEST(largeMatricesAreCopiedInPieces) {
  constexpr int rows = 1 << 14, each = 16, entries = rows * each;
  std::vector<int> offsets, indices;
  for (int k = 0; k <= rows; ++k) offsets.push_back(each * k);
  for (int k = 0; k < entries; ++k) indices.push_back(k % each);
  const std::vector<double> values(entries, 1.0);
  const SparseView matrix{Lines::rows, rows, each, offsets, indices, values};
  const auto pausesOf = [](auto&& work) {
    int pauses = 0;
    work([&] { ++pauses; });
    return pauses;
  };
  constexpr int megabytes = 3;  // two of values, one of indices
  constexpr int passes = 2;     // one that counts the entries of each line, one that places them
  CHECK(pausesOf([&](const Pause& pause) { indicesIncrease(offsets, indices, pause); }) >= rows / 4096);
  CHECK(pausesOf([&](const Pause& pause) { copyBy(Lines::rows, matrix, pause); }) >= megabytes + rows / 4096);
  CHECK(pausesOf([&](const Pause& pause) { transposed(matrix, pause); }) >= megabytes + passes * entries / 65536);
  CHECK(pausesOf([&](const Pause& pause) { transposedPlaces(matrix, pause); }) >= passes * entries / 65536);
  bool left = false;
  try {
    transposed(matrix, [] { throw Interrupted{}; });
  } catch (const Interrupted&) {
    left = true;
  }
  CHECK(left);
}

TEST(denseMatricesAreCopied) {
  const float numbers[] = {1, 2, 3, 4, 5, 6};
  const ConstantMatrix dense = constantCopy({nullptr, numbers, 2, 3});
  CHECK(dense.dense());
  CHECK_EQ(dense.entry(1, 0), 4.0);
  CHECK_EQ(dense.values.size(), 6u);
  std::vector<double> large(400'000);  // 3 MiB
  for (std::size_t k = 0; k < large.size(); ++k) large[k] = static_cast<double>(k);
  int pauses = 0;
  CHECK(constantCopy({large.data(), nullptr, 400, 1000}, [&] { ++pauses; }).values == large);
  CHECK(pauses >= 3);
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
    return check::messageOf([&] { requireSparse({Lines::columns, rows, 2, offsets, indices, numbers}, "A"); });
  };
  CHECK_EQ(message({0, 1, 2}, {2, 0}, 2), "");
  CHECK_EQ(message({0, 2, 2}, {2, 0}, 2), "");
  CHECK_EQ(message({0, 2}, {2, 0}, 2), "A.offsets: expected 3 numbers for 3 x 2, got 2");
  CHECK_EQ(message({0, 1, 2}, {2}, 2), "A.indices: expected 2 numbers, as many as values, got 1");
  CHECK_EQ(message({0, 1, 3}, {2, 0}, 2), "A.offsets: expected to go from 0 to 2, as many as values");
  CHECK_EQ(message({1, 1, 2}, {2, 0}, 2), "A.offsets: expected to go from 0 to 2, as many as values");
  CHECK_EQ(message({0, 3, 2}, {2, 0}, 2), "A.offsets[1] = 3: expected at most 2");
  CHECK_EQ(message({0, -1, 2}, {2, 0}, 2), "A.offsets[1] = -1: expected at least 0");
  CHECK_EQ(message({0, 1, 2}, {3, 0}, 2), "A.indices[0] = 3: expected an integer in [0, 2]");
  CHECK_EQ(message({0, 1, 2}, {0, -1}, 2), "A.indices[1] = -1: expected an integer in [0, 2]");
  CHECK_EQ(message({0, 0, 3}, {2, 0, 2}, 3), "A.indices[2] = 2: expected once in column 1");
  CHECK(check::contains(message({0, 1, 2}, {2, 0}, 2, -1), "A.offsets"));
  const std::vector<int> offsets = {0, 2}, twice = {1, 1};
  const std::vector<double> numbers(2);
  CHECK_EQ(check::messageOf([&] {
             requireSparse({Lines::rows, 1, 2, offsets, twice, numbers}, "");
           }),
           "indices[1] = 1: expected once in row 0");
}

// What was made until then is freed once: the address sanitizer, or the C library, sees more.
TEST(transposesThatArePausedForGood) {
  constexpr int size = 400;
  std::vector<int> offsets, indices;
  std::vector<double> values;
  for (int line = 0; line <= size; ++line) offsets.push_back(3 * line);
  for (int k = 0; k < 3 * size; ++k) indices.push_back(7 * k % size), values.push_back(k);
  const SparseView matrix{Lines::columns, size, size, offsets, indices, values};
  const auto stopsAt = [](int call) {
    return Pause([left = call]() mutable {
      if (--left == 0) throw Error(ErrorKind::solver, "ended", "ENDED");
    });
  };
  const auto calls = [&](auto&& make) {
    int call = 1;
    for (;; ++call) {
      try {
        make(stopsAt(call));
        return call - 1;
      } catch (const Error&) {
        continue;
      }
    }
  };
  CHECK(calls([&](const Pause& pause) { return transposedPlaces(matrix, pause); }) >= 3);
  CHECK(calls([&](const Pause& pause) { return transposed(matrix, pause); }) >= 3);
  CHECK(calls([&](const Pause& pause) { return copyBy(Lines::columns, matrix, pause); }) >= 3);
}
