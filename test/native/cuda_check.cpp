// The program for GPU machines, on the simulated device.
#include "check.hpp"
#include "cuda/check/check.hpp"
#include "simulated_device.hpp"

using namespace nonconvex;

TEST(passes) { CHECK_EQ(checks::Check(simulated::tables(), {{1, 5, 20}, 40, 50, 7, 9, 1}).run(), 0); }

TEST(skipsWithoutADevice) {
  cuda::Tables tables = simulated::tables();
  tables.runtime.deviceCount = [](int*) { return 100; };
  CHECK_EQ(checks::Check(tables, {}).run(), 77);
}
