// The program for GPU machines, on the simulated device.
#include "check.hpp"

#include "cuda/check/check.hpp"
#include "simulated_device.hpp"

using namespace nonconvex;

TEST(passes) {
  const checks::Sizes sizes = {{5},
                               {30, 3, 8},
                               check::longRun() ? 40 : 12,
                               check::longRun() ? 2500 : 600,
                               {50, 7, 9},
                               {{30, 3, 8}},
                               {{40, 3, 8}},
                               1,
                               {600, 9},
                               {{300, 5}},
                               10};
  CHECK_EQ(checks::Check(simulated::tables(), sizes).run(), 0);
}

TEST(skipsWithoutADevice) {
  cuda::Tables tables = simulated::tables();
  tables.runtime.deviceCount = [](int*) { return 100; };
  CHECK_EQ(checks::Check(tables, {}).run(), 77);
}
