#include "check.hpp"
#include "cuda/cuda.hpp"
#include "simulated_device.hpp"
using namespace nonconvex;
TEST(one) {
  CHECK_EQ(simulated::tables().blas.missing, "");
  CHECK_EQ(simulated::tables().solver.missing, "");
  Cuda<double> la(simulated::tables());
  HostMatrix<double> a(3, 3), b(3, 3);
  for (int i = 0; i < 3; ++i) a(i, i) = 2;
  auto m = la.matrix<double>(3, 3), c = la.matrix<double>(3, 3);
  la.upload(a.view(), m.view());
  CHECK(la.cholesky(m));
  la.choleskyInverse(m, c);
  la.download(c.view(), b.view());
  CHECK_NEAR(b(0, 0), 0.5, 1e-15);
  CHECK_NEAR(la.norm(c.flat()), std::sqrt(0.75), 1e-15);
}
