// Dense KKT systems by Cholesky factors, held to L D L^T of the whole matrix; on a simulated device and on the CPU.
// Compiled with sanitizers itself: what it tests stands in headers.
#include "methods/kkt/dense_kkt.hpp"

#include "check.hpp"
#include "cuda/cuda.hpp"
#include "linalg/ldl_dense.hpp"
#include "linalg/symmetric.hpp"
#include "simulated_device.hpp"

using namespace nonconvex;

namespace {

struct System {
  System(int variables, int constraints, double shift, int seed)
      : n(variables), m(constraints), H(n, n), Jt(n, m), K(n + m, n + m) {
    const std::vector<double> h = symmetric::randomVector(n * n, seed), j = symmetric::randomVector(n * m, seed + 1);
    for (int c = 0; c < n; ++c) {
      for (int r = c; r < n; ++r) H(r, c) = H(c, r) = h[static_cast<std::size_t>(c * n + r)] + (r == c ? shift : 0);
    }
    std::copy(j.begin(), j.end(), Jt.data());
  }

  /// The inertia of the whole matrix, and K^{-1} b.
  Inertia expect(double t, double d, std::vector<double>& b) {
    for (int c = 0; c < n + m; ++c) {
      for (int r = c; r < n + m; ++r) K(r, c) = c >= n ? 0 : r < n ? H(r, c) : Jt(c, r - n);
      K(c, c) += c < n ? t : -d;
    }
    DenseLdl ldl(n + m, la);
    const Inertia inertia = ldl.factor(K.view());
    ldl.solve(b);
    return inertia;
  }

  Cpu la;
  int n, m;
  HostMatrix<double> H, Jt, K;
};

template <class La>
struct Found {
  Found(const La& la, const System& system, double t, double d, std::vector<double> b) : x(std::move(b)) {
    using Space = typename La::Space;
    const int n = system.n, m = system.m;
    const auto H = la.template matrix<double>(n, n), Jt = la.template matrix<double>(n, m);
    const auto vector = la.template matrix<double>(n + m, 1);
    la.upload(Mat<const double>(system.H), H.view());
    la.upload(Mat<const double>(system.Jt), Jt.view());
    la.upload(Mat<const double>{x.data(), n + m, 1, n + m}, vector.view());
    DenseKkt<La> kkt(la, n, m);
    kkt.factor(H.view(), Jt.view(), t + 5, d);  // an earlier one
    inertia = kkt.factor(H.view(), Jt.view(), t, d);
    counted = kkt.inertia();
    if (inertia != Inertia{.positive = n, .negative = m}) return;
    kkt.solve(vector.flat());
    la.download(Mat<const double, Space>(vector), Mat<double>{x.data(), n + m, 1, n + m});
  }

  Inertia inertia, counted;
  std::vector<double> x;
};

template <class La>
void hold(const La& la, System& system, double t, double d) {
  const std::vector<double> b = symmetric::randomVector(system.n + system.m, 7);
  std::vector<double> expected = b;
  const Inertia whole = system.expect(t, d, expected);
  const Found<La> found(la, system, t, d, b);
  CHECK(found.counted == whole);
  const bool good = whole == Inertia{.positive = system.n, .negative = system.m};
  CHECK_EQ(found.inertia == whole, good || found.inertia == found.counted);
  if (!good) {
    CHECK_EQ(found.inertia.negative < system.m, whole.negative < system.m);
    CHECK(found.inertia.positive < system.n || found.inertia.zero > 0);
    return;
  }
  double size = 0;
  for (const double value : expected) size = std::max(size, std::abs(value));
  for (std::size_t i = 0; i < b.size(); ++i) CHECK_NEAR(found.x[i], expected[i], 1e-8 * size);
}

template <class La>
void holdAll(const La& la) {
  for (const int n : {1, 5, check::longRun() ? 40 : 16}) {
    for (const int m : {0, 1, n / 2, n}) {
      // From indefinite, even on the null space of J, to positive definite.
      for (const double shift : {-20.0, -1.0, 0.0, 3.0, 30.0}) {
        System system(n, m, shift, n + m);
        for (const double t : {0.0, 4.0}) {
          for (const double d : {0.0, 1e-6, 1.0}) hold(la, system, t, d);
        }
      }
    }
  }
}

}  // namespace

TEST(onADevice) { holdAll(Cuda<double>(simulated::tables())); }
TEST(onTheCpu) { holdAll(Cpu()); }

TEST(dependentConstraints) {
  const Cuda<double> la(simulated::tables());
  for (const double shift : {-1.0, 30.0}) {  // the solve by projection and the one on the range
    System system(20, 4, shift, 3);
    std::copy(system.Jt.column(0), system.Jt.column(1), system.Jt.column(3));
    const std::vector<double> b(24, 1);
    const Found<Cuda<double>> found(la, system, 0, 0, b);
    CHECK(found.inertia.negative < 4);
    hold(la, system, 25, 1e-6);
  }
}

TEST(notFinite) {
  const Cuda<double> la(simulated::tables());
  System system(6, 2, 30, 1);
  system.H(3, 3) = NAN;
  const Found<Cuda<double>> found(la, system, 0, 0, std::vector<double>(8, 1));
  CHECK(found.inertia != (Inertia{.positive = 6, .negative = 2}));
}
