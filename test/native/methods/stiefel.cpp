// Frames, and the least eigenvalues of a matrix as the minimum over them.
#include "check.hpp"
#include "core/random.hpp"
#include "methods/stiefel/conjugate_gradients.hpp"

using namespace nonconvex;

namespace {

HostMatrix<double> normals(int rows, int cols, std::uint64_t seed) {
  HostMatrix<double> made(rows, cols);
  const Random random(seed);
  for (std::size_t k = 0; k < made.size(); ++k) made.data()[k] = random.normal(k);
  return made;
}

double product(Mat<const double> a, int i, Mat<const double> b, int j) {
  double sum = 0;
  for (int k = 0; k < a.rows; ++k) sum += a(k, i) * b(k, j);
  return sum;
}

}  // namespace

TEST(framesAreOrthonormalWithAPositiveDiagonal) {
  const HostMatrix<double> a = normals(9, 4, 1);
  HostMatrix<double> w = a.copy();
  CHECK_EQ(frames::orthonormalize(w), 4);
  for (int j = 0; j < 4; ++j) {
    for (int k = 0; k < 4; ++k) CHECK(std::abs(product(w, j, w, k) - (j == k)) < 1e-15);
    // R = W^T A: upper triangular, positive on the diagonal.
    CHECK(product(w, j, a, j) > 0);
    for (int k = 0; k < j; ++k) CHECK(std::abs(product(w, j, a, k)) < 1e-14);
  }
  HostMatrix<double> dependent = normals(5, 3, 2);
  for (int i = 0; i < 5; ++i) dependent(i, 1) = 2 * dependent(i, 0);
  CHECK_EQ(frames::orthonormalize(dependent, 1e-10), 2);
  CHECK_EQ(dependent(3, 1), 0.0);
}

TEST(whatIsOrthogonalizedHasNoPartAlongTheBasis) {
  HostMatrix<double> w = normals(9, 3, 6);
  frames::orthonormalize(w);
  HostMatrix<double> x = normals(9, 1, 7);
  const HostMatrix<double> before = x.copy();
  const double length = frames::orthogonalize(w, {x.data(), x.size()});
  for (int k = 0; k < 3; ++k) CHECK(std::abs(product(w, k, x, 0)) < 1e-15);
  CHECK_NEAR(product(x, 0, x, 0), length * length, 1e-13);
  CHECK_NEAR(product(x, 0, before, 0), length * length, 1e-13);
}

TEST(tangentsOfFramesHaveASkewProductWithThem) {
  HostMatrix<double> w = normals(7, 3, 3), g = normals(7, 3, 4), inner(3, 3);
  frames::orthonormalize(w);
  const HostMatrix<double> before = g.copy();
  frames::projectTangent(w, g, inner);
  for (int j = 0; j < 3; ++j) {
    for (int k = 0; k < 3; ++k) CHECK(std::abs(product(w, j, g, k) + product(w, k, g, j)) < 1e-14);
  }
  // What was taken away is orthogonal to what is left.
  double overlap = 0;
  for (std::size_t k = 0; k < g.size(); ++k) overlap += g.data()[k] * (before.data()[k] - g.data()[k]);
  CHECK(std::abs(overlap) < 1e-13);
}

TEST(stiefelConjugateGradientsFindTheLeastEigenvalues) {
  // trace(W^T D W) + ||b - 1||^2 with D = diag(1, ..., 8): 1 + 2 + 3 for each of two frames.
  StiefelConjugateGradients descent(8, 3, 2, 2);
  const HostMatrix<double> start = normals(8, 6, 5);
  std::copy(start.data(), start.data() + start.size(), descent.point.frames.data());
  const auto f = [](const FramesAndNumbers& at, FramesAndNumbers& gradient) {
    double sum = 0;
    for (int j = 0; j < 6; ++j) {
      for (int i = 0; i < 8; ++i) {
        sum += (i + 1) * at.frames(i, j) * at.frames(i, j);
        gradient.frames(i, j) = 2 * (i + 1) * at.frames(i, j);
      }
    }
    for (std::size_t k = 0; k < 2; ++k) {
      sum += (at.numbers[k] - 1) * (at.numbers[k] - 1);
      gradient.numbers[k] = 2 * (at.numbers[k] - 1);
    }
    return sum;
  };
  descent.begin(f);
  double before = descent.value;
  for (int k = 0; k < 400 && descent.squares > 1e-14; ++k) {
    CHECK(descent.step(f));
    CHECK(descent.value <= before + 1e-13);
    before = descent.value;
  }
  CHECK(std::abs(descent.value - 12) < 1e-12);
  CHECK(descent.squares <= 1e-14);
  for (int j = 0; j < 3; ++j) {
    CHECK(std::abs(product(descent.point.frames, j, descent.point.frames, j) - 1) < 1e-14);
  }
}
