// Each operation of the CUDA backend on the simulated device against the CPU's.
// Compiled with sanitizers itself: what it tests stands in headers.
#include "check.hpp"
#include "cuda/check/operations.hpp"
#include "simulated_device.hpp"

using namespace nonconvex;

namespace {

template <class T>
void compareAll() {
  const Cuda<T> la(simulated::tables());
  // Empty, single, two tiles and a part of one; then also a part alone, and one that is nearly empty. One tile and a
  // part of one in float32, and with sanitizers.
  const int largest = check::sanitized || sizeof(T) < sizeof(double) ? 34 : 70;
  const std::vector<int> sizes = check::longRun() ? std::vector{0, 1, 2, 7, 33, 70} : std::vector{0, 1, largest};
  const auto comparisons = checks::Operations<T>(la, sizes).all();
  CHECK(comparisons.size() > 20);
  for (const checks::Comparison& comparison : comparisons) {
    check::note(comparison.good(), "operation", 0,
                comparison.operation + ": error " + check::text(comparison.error) + ", allowed " +
                    check::text(comparison.allowed));
  }
}

}  // namespace

TEST(doublePrecision) { compareAll<double>(); }
TEST(singlePrecision) { compareAll<float>(); }
