// Signs of eigenvalues, on the CPU and on the simulated device.
// Compiled with sanitizers itself: what it tests stands in headers.
#include "methods/kkt/inertia.hpp"

#include "check.hpp"
#include "core/random.hpp"
#include "cuda/cuda.hpp"
#include "simulated_device.hpp"

using namespace nonconvex;

namespace {

/// S (B B^T - C C^T) S with p columns of B and q of C, rows scaled by powers of ten up to 10^spread.
HostMatrix<double> difference(int n, int p, int q, double spread) {
  const Random random(n + p, 3);
  HostMatrix<double> b(n, p + q), a(n, n);
  for (std::size_t k = 0; k < b.size(); ++k) b.data()[k] = random.normal(k);
  for (int i = 0; i < n; ++i) {
    const double scale = std::pow(10, spread * std::sin(3.0 * i));
    for (int j = 0; j < p + q; ++j) b(i, j) *= scale;
  }
  Cpu().syrk(Transpose::no, 1, b.columns(0, p), 0, a);
  Cpu().syrk(Transpose::no, -1, b.columns(p, q), 1, a);
  return a;
}

template <class T>
Inertia onDevice(const HostMatrix<double>& a) {
  const Cuda<T> la(simulated::tables());
  const auto full = la.template matrix<double>(a.rows(), a.cols(), Uninitialized{});
  const auto own = la.template matrix<T>(a.rows(), a.cols(), Uninitialized{});
  la.upload(a.view(), full.view());
  la.copy(full.view(), own.view());
  return inertiaOf(la, own.view());
}

}  // namespace

TEST(ofDifferences) {
  struct Case {
    int n, p, q;
    double spread;
  };
  for (const auto& [n, p, q, spread] : {Case{0, 0, 0, 0},
                                        {1, 1, 0, 0},
                                        {1, 0, 1, 0},
                                        {6, 6, 0, 0},
                                        {6, 2, 4, 3},
                                        {9, 3, 2, 0},
                                        {40, 25, 15, 5},
                                        {40, 7, 0, 0},
                                        {5, 0, 0, 0}}) {
    const HostMatrix<double> a = difference(n, p, q, spread);
    const Inertia expected{p, q, n - p - q};
    CHECK(onDevice<double>(a) == expected);
    if (spread <= 3) CHECK(onDevice<float>(a) == expected);
    CHECK(inertiaOf(Cpu(), a) == expected);
  }
}

TEST(ofWhatIsNotFinite) {
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    const HostMatrix<double> a = difference(8, 4, 4, 0);
    a(5, 2) = bad;
    CHECK(onDevice<double>(a).undefined > 0);
    CHECK(inertiaOf(Cpu(), a).undefined > 0);
  }
}
