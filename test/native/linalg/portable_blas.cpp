// The BLAS of the library's own against the one that the library is built with, at sizes around those of its blocks.
#include "linalg/portable_blas.hpp"

#include <limits>

#include "check.hpp"
#include "core/random.hpp"
#include "linalg/blas.hpp"

using namespace nonconvex;

namespace {

/// Numbers of a normal distribution, the same for the same stream.
template <class T>
std::vector<T> numbers(int size, std::uint32_t stream) {
  const Random random(7, stream);
  std::vector<T> drawn(static_cast<std::size_t>(size));
  for (int i = 0; i < size; ++i)
    drawn[static_cast<std::size_t>(i)] = static_cast<T>(random.normal(static_cast<std::uint64_t>(i)));
  return drawn;
}

/// The largest difference; NaN where only one of two numbers is that.
template <class T>
double difference(const std::vector<T>& x, const std::vector<T>& y) {
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (std::isnan(x[i]) && std::isnan(y[i])) continue;
    const double error = std::abs(static_cast<double>(x[i]) - static_cast<double>(y[i]));
    worst = error <= worst ? worst : error;
  }
  return worst;
}

template <class T>
constexpr double rounding = 60 * static_cast<double>(std::numeric_limits<T>::epsilon());

/// A lower triangle whose diagonal is large, NaN above it.
template <class T>
std::vector<T> triangle(int n, int stride) {
  std::vector<T> l = numbers<T>(stride * n, 3);
  for (int j = 0; j < n; ++j) {
    T* const column = portable::at(l.data(), stride, 0, j);
    for (int i = 0; i < n; ++i) column[i] = i < j ? std::numeric_limits<T>::quiet_NaN() : column[i] / static_cast<T>(n);
    column[j] = 2 + std::abs(column[j]);
  }
  return l;
}

template <class T>
void checkVectors() {
  for (const int n : {0, 1, 3, 8, 17, 67}) {
    const auto x = numbers<T>(n, 1);
    auto y = numbers<T>(n, 2);
    CHECK_NEAR(portable::dot(n, x.data(), y.data()), blas::dot(n, x.data(), y.data()), rounding<T> * (n + 1));
    CHECK_NEAR(portable::nrm2(n, x.data()), blas::nrm2(n, x.data()), rounding<T> * (n + 1));
    auto other = y;
    portable::axpy(n, T(0.7), x.data(), y.data());
    blas::axpy(n, T(0.7), x.data(), other.data());
    CHECK_NEAR(difference(y, other), 0, rounding<T>);
  }
  const T large = std::numeric_limits<T>::max() / 4;
  const std::vector<T> three = {large, 0, -large};
  CHECK_NEAR(portable::nrm2(3, three.data()) / large, std::sqrt(2.0), rounding<T>);
  const std::vector<T> strange = {1, std::numeric_limits<T>::quiet_NaN(), large};
  CHECK(std::isnan(portable::nrm2(3, strange.data())));
}

template <class T>
void checkProducts() {
  for (const auto& [m, n, k] :
       {std::array{1, 1, 1}, {3, 5, 2}, {8, 4, 300}, {65, 9, 17}, {70, 515, 5}, {130, 67, 257}}) {
    for (const char ta : {'N', 'T'}) {
      for (const char tb : {'N', 'T'}) {
        const int stride = std::max({m, n, k}) + 3;
        const auto a = numbers<T>(stride * stride, 1);
        const auto b = numbers<T>(stride * stride, 2);
        for (const T beta : {T(0), T(0.5)}) {
          auto c = numbers<T>(stride * n, 3);
          if (beta == T(0)) c[0] = std::numeric_limits<T>::quiet_NaN();
          auto other = c;
          portable::gemm(ta, tb, m, n, k, T(1.5), a.data(), stride, b.data(), stride, beta, c.data(), stride);
          blas::gemm(ta, tb, m, n, k, T(1.5), a.data(), stride, b.data(), stride, beta, other.data(), stride);
          CHECK_NEAR(difference(c, other), 0, rounding<T> * k);
        }
      }
      const int stride = std::max(m, n) + 1;
      const auto a = numbers<T>(stride * n, 1);
      const auto x = numbers<T>(std::max(m, n), 2);
      auto y = numbers<T>(std::max(m, n), 3);
      auto other = y;
      portable::gemv(ta, m, n, T(1.5), a.data(), stride, x.data(), T(0.5), y.data());
      blas::gemv(ta, m, n, T(1.5), a.data(), stride, x.data(), T(0.5), other.data());
      CHECK_NEAR(difference(y, other), 0, rounding<T> * stride);
    }
  }
  for (const int n : {1, 5, 64, 131}) {
    const int stride = n + 3;
    const auto a = triangle<T>(n, stride);
    const auto x = numbers<T>(n, 2);
    auto y = numbers<T>(n, 3);
    auto other = y;
    portable::symvLower(n, T(2), a.data(), stride, x.data(), T(0.5), y.data());
    blas::symvLower(n, T(2), a.data(), stride, x.data(), T(0.5), other.data());
    CHECK_NEAR(difference(y, other), 0, rounding<T> * n);
    for (const char trans : {'N', 'T'}) {
      const auto rows = numbers<T>(200 * 200, 4);
      auto c = triangle<T>(n, stride);
      auto same = c;
      portable::syrkLower(trans, n, 40, T(-1), rows.data(), 200, T(0.5), c.data(), stride);
      blas::syrkLower(trans, n, 40, T(-1), rows.data(), 200, T(0.5), same.data(), stride);
      CHECK_NEAR(difference(c, same), 0, rounding<T> * 40);
    }
  }
}

template <class T>
void checkSolves() {
  for (const int n : {1, 7, 16, 17, 50, 131}) {
    const int stride = n + 2;
    const auto l = triangle<T>(n, stride);
    std::vector<T> upper(l.size());
    for (int j = 0; j < n; ++j) {
      for (int i = 0; i < n; ++i) *portable::at(upper.data(), stride, j, i) = *portable::at(l.data(), stride, i, j);
    }
    for (const char trans : {'N', 'T'}) {
      auto x = numbers<T>(n, 5);
      auto other = x;
      portable::trsv('L', trans, false, n, l.data(), stride, x.data());
      blas::trsv('L', trans, n, l.data(), stride, other.data());
      portable::trsv('U', trans, false, n, upper.data(), stride, x.data());
      blas::trsv('U', trans, n, upper.data(), stride, other.data());
      CHECK_NEAR(difference(x, other), 0, rounding<T> * n);
      for (const char side : {'L', 'R'}) {
        const int m = side == 'L' ? n : 21, columns = side == 'L' ? 21 : n;
        auto b = numbers<T>((m + 1) * columns, 6);
        auto same = b;
        portable::trsmLower(side, trans, false, m, columns, T(3), l.data(), stride, b.data(), m + 1);
        blas::trsmLower(side, trans, m, columns, l.data(), stride, same.data(), m + 1, T(3));
        CHECK_NEAR(difference(b, same), 0, rounding<T> * n);
      }
    }
  }
}

template <class T>
void checkFactorisations() {
  for (const int n : {1, 2, 16, 33, 64, 131}) {
    const int stride = n + 2;
    const auto l = triangle<T>(n, stride);
    std::vector<T> a(l.size(), T(0));
    for (int j = 0; j < n; ++j) {
      for (int i = j; i < n; ++i) {
        for (int k = 0; k <= j; ++k)
          *portable::at(a.data(), stride, i, j) +=
              *portable::at(l.data(), stride, i, k) * *portable::at(l.data(), stride, j, k);
      }
    }
    auto factor = a;
    CHECK(portable::potrfLower(n, factor.data(), stride) == 0);
    double worst = 0;
    for (int j = 0; j < n; ++j) {
      for (int i = j; i < n; ++i)
        worst = std::max<double>(
            worst, std::abs(*portable::at(factor.data(), stride, i, j) - *portable::at(l.data(), stride, i, j)));
    }
    CHECK_NEAR(worst, 0, rounding<T> * n);
    for (const T wrong : {T(-1), std::numeric_limits<T>::quiet_NaN()}) {
      auto indefinite = a;
      const int at = 2 * n / 3;
      *portable::at(indefinite.data(), stride, at, at) = wrong;
      CHECK(portable::potrfLower(n, indefinite.data(), stride) == at + 1);
    }

    auto lu = numbers<T>(stride * n, 8);
    auto other = lu;
    std::vector<int> pivots(static_cast<std::size_t>(n)), otherPivots = pivots;
    CHECK(portable::getrf(n, n, lu.data(), stride, pivots.data()) == 0);
    CHECK(blas::getrf(n, other.data(), stride, otherPivots.data()) == 0);
    CHECK(pivots == otherPivots);
    for (const char trans : {'N', 'T'}) {
      auto x = numbers<T>(n, 9);
      auto same = x;
      portable::getrs(trans, n, lu.data(), stride, pivots.data(), x.data());
      blas::getrs(trans, n, other.data(), stride, otherPivots.data(), same.data());
      CHECK_NEAR(difference(x, same), 0, 1e4 * rounding<T> * n);
    }
    auto singular = numbers<T>(stride * n, 8);
    std::fill_n(portable::at(singular.data(), stride, 0, n / 2), n, T(0));
    CHECK(portable::getrf(n, n, singular.data(), stride, pivots.data()) == n / 2 + 1);
  }
}

}  // namespace

TEST(vectorsAreThoseOfTheOtherBlas) {
  checkVectors<double>();
  checkVectors<float>();
}
TEST(productsAreThoseOfTheOtherBlas) {
  checkProducts<double>();
  checkProducts<float>();
}
TEST(trianglesAreSolvedAsByTheOtherBlas) {
  checkSolves<double>();
  checkSolves<float>();
}
TEST(factorsAreThoseOfTheOtherBlas) {
  checkFactorisations<double>();
  checkFactorisations<float>();
}
