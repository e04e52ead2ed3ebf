// The program for GPU machines, on the simulated device.
#include "check.hpp"

#include "cuda/check/check.hpp"
#include "simulated_device.hpp"

using namespace nonconvex;

TEST(passes) {
  const bool longRun = check::longRun();
  const checks::Sizes sizes = {{5},
                               {longRun ? 30 : 16, 3, longRun ? 8 : 6},
                               longRun ? 40 : 12,
                               longRun ? 2500 : 100,
                               {longRun ? 50 : 20, 7, longRun ? 9 : 5},
                               {{longRun ? 30 : 16, 3, longRun ? 8 : 5}},
                               {{longRun ? 40 : 20, 3, longRun ? 8 : 5}},
                               1,
                               {longRun ? 600 : 200, longRun ? 9 : 5},
                               {{longRun ? 300 : 100, 5}},
                               longRun ? 10 : 2};
  CHECK_EQ(checks::Check(simulated::tables(), sizes).run(), 0);
}

TEST(skipsWithoutADevice) {
  cuda::Tables tables = simulated::tables();
  tables.runtime.deviceCount = [](int*) { return 100; };
  CHECK_EQ(checks::Check(tables, {}).run(), 77);
}
