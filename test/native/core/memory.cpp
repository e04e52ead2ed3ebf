// What is there of memory, and the words in which too little of it is refused.
#include "core/memory.hpp"

#include <string>

#include "check.hpp"
#include "core/control_group.hpp"
#include "core/error.hpp"
#include "core/require_memory.hpp"

namespace {

using namespace nonconvex;

std::string refusal(double bytes, double available, const char* advice = "") {
  try {
    requireMemory(bytes, available, "n = 7 unknowns need", advice);
  } catch (const Error& error) {
    return error.code() + ": " + error.what();
  }
  return {};
}

TEST(memoryIsRefusedInBytesNeededAndThere) {
  CHECK_EQ(refusal(2.1e6, 1.9e6), "OUT_OF_MEMORY: n = 7 unknowns need 3 MB, of which 1 MB are available");
  CHECK_EQ(refusal(2e6, 1e6, "; use less"),
           "OUT_OF_MEMORY: n = 7 unknowns need 2 MB, of which 1 MB are available; use less");
  CHECK_EQ(refusal(1e6, 1e6), "");
}

TEST(memoryThatIsThereIsFoundAndMoreIsRefused) {
  const double available = availableMemory();
  CHECK(available > 1e6);
  CHECK(available < 1e15);
  requireMemory(1e6, "little needs");
  bool refused = false;
  try {
    requireMemory(1e15, "much needs");
  } catch (const Error& error) {
    refused = error.code() == "OUT_OF_MEMORY";
  }
  CHECK(refused);
}

TEST(controlGroupIsAPathOrNone) {
  const std::string group = controlGroup();
  CHECK(group.empty() || group[0] == '/');
}

}  // namespace
