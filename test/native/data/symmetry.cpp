#include "data/symmetry.hpp"

#include "check.hpp"
#include "core/random.hpp"

using namespace nonconvex;

namespace {

constexpr int n = 150;  // more than a tile, and no multiple of one

ConstantMatrix symmetric() {
  const Random random(3);
  std::vector<double> numbers(at(n) * at(n));
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j <= i; ++j) numbers[at(i * n + j)] = numbers[at(j * n + i)] = random.normal(at(i * n + j));
  }
  return ConstantMatrix(n, n, std::move(numbers));
}

/// The entries of a dense matrix that are not zero, by rows.
ConstantMatrix sparse(const ConstantMatrix& dense) {
  SparseMatrix to{.rows = dense.rows, .columns = dense.columns, .values = {}, .offsets = {0}, .indices = {}};
  for (int i = 0; i < dense.rows; ++i) {
    dense.forRow(i, [&](int j, double value) {
      if (value == 0) return;
      to.indices.push_back(j);
      to.values.push_back(value);
    });
    to.offsets.push_back(static_cast<int>(to.values.size()));
  }
  return to;
}

std::string refusal(const ConstantMatrix& matrix, double rounding = 1e-10) {
  return check::messageOf([&] { requireSymmetric(matrix, "Q", rounding); });
}

}  // namespace

TEST(aSymmetricMatrixIsTaken) {
  const ConstantMatrix Q = symmetric();
  requireSymmetric(Q, "Q", 1e-10);
  requireSymmetric(sparse(Q), "Q", 1e-10);
}

TEST(anyEntryThatDiffersFromItsMirrorIsNamed) {
  for (const auto& [i, j] : {std::pair(1, 0), std::pair(149, 3), std::pair(64, 63), std::pair(70, 130)}) {
    ConstantMatrix Q = symmetric();
    Q.values[at(i * n + j)] = 9;
    Q.values[at(j * n + i)] = 0;
    const auto place = [](int p, int q, int value) { return "[" + show(p) + "][" + show(q) + "] = " + show(value); };
    const auto pair = [&](int p, int q, int a, int b) {
      return "Q" + place(p, q, a) + ", Q" + place(q, p, b) + ": expected a symmetric matrix";
    };
    const int low = std::max(i, j), high = std::min(i, j);
    CHECK_EQ(refusal(Q), pair(low, high, i > j ? 9 : 0, i > j ? 0 : 9));
    CHECK_EQ(refusal(sparse(Q)), pair(high, low, i > j ? 0 : 9, i > j ? 9 : 0));
  }
}

TEST(differencesOfRoundingAreNone) {
  ConstantMatrix Q = symmetric();
  Q.values[at(3 * n + 2)] += 1e-7;
  CHECK(!refusal(Q).empty());
  CHECK(!refusal(sparse(Q)).empty());
  requireSymmetric(Q, "Q", 1e-5);
  requireSymmetric(sparse(Q), "Q", 1e-5);
  // Beside a large diagonal.
  for (const int i : {2, 3}) Q.values[at(i * n + i)] = 1e4;
  requireSymmetric(Q, "Q", 1e-10);
}

TEST(aMatrixThatIsNotSquareIsRefused) {
  CHECK_EQ(refusal(ConstantMatrix(2, 3, {1, 2, 3, 4, 5, 6})), "Q: expected a square matrix, got 2 x 3");
}

/// Pauses come also while the diagonal of a sparse matrix is read, before pairs are compared.
TEST(abortsAreLookedAtThroughout) {
  constexpr int large = 1 << 15;
  SparseMatrix diagonal{.rows = large, .columns = large, .values = {}, .offsets = {0}, .indices = {}};
  for (int i = 0; i < large; ++i) {
    diagonal.values.push_back(1);
    diagonal.indices.push_back(i);
    diagonal.offsets.push_back(i + 1);
  }
  int pauses = 0;
  requireSymmetric(ConstantMatrix(std::move(diagonal)), "Q", 1e-10, [&] { ++pauses; });
  CHECK(pauses >= 2 * large / 4096);
}

TEST(whatTakesLongCanBeLeft) {
  struct Left {};
  const Pause leave = [] { throw Left(); };
  for (const ConstantMatrix& Q : {symmetric(), sparse(symmetric())}) {
    bool left = false;
    try {
      requireSymmetric(Q, "Q", 1e-10, leave);
    } catch (const Left&) {
      left = true;
    }
    CHECK(left);
  }
}
