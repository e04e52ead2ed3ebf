// What is there of memory, and the words in which too little of it is refused.
#include "core/memory.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "check.hpp"
#include "core/control_group.hpp"
#include "core/error.hpp"
#include "core/in_pieces.hpp"
#include "core/late_release.hpp"
#include "core/monitor.hpp"
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

TEST(memoryIsOnACacheLineAndOfZerosWhereThatIsAsked) {
  for (const std::size_t size : {std::size_t{1}, std::size_t{63}, std::size_t{5000}, std::size_t{3} << 20}) {
    // Twice, so that memory which was written to is taken again.
    for (int k = 0; k < 2; ++k) {
      auto* const taken = static_cast<unsigned char*>(takeMemory(size, true));
      CHECK_EQ(reinterpret_cast<std::uintptr_t>(taken) % 64, 0u);
      CHECK(std::all_of(taken, taken + size, [](unsigned char byte) { return byte == 0; }));
      std::fill(taken, taken + size, static_cast<unsigned char>(7));
      giveMemory(taken);
    }
  }
  CHECK(takeMemory(std::numeric_limits<std::size_t>::max() - 8, false) == nullptr);
  giveMemory(nullptr);
}

TEST(vectorsAreMadeInPiecesBetweenWhichWorkMayEnd) {
  constexpr std::size_t numbers = 300'000;  // 2.3 MiB
  int pauses = 0;
  const auto pause = [&] { ++pauses; };
  std::vector<double> values = zerosInPieces<double>(numbers, pause);
  CHECK_EQ(pauses, 3);
  CHECK_EQ(values.size(), numbers);
  CHECK(std::all_of(values.begin(), values.end(), [](double value) { return value == 0; }));
  for (std::size_t k = 0; k < numbers; ++k) values[k] = static_cast<double>(k);
  CHECK(copyInPieces(std::span<const double>(values), pause) == values);
  CHECK_EQ(pauses, 6);
  touchInPieces(values.data(), 1000, pause);
  CHECK_EQ(pauses, 7);
  CHECK_EQ(values[512], 0.0);
  CHECK_EQ(values[511], 511.0);
  bool left = false;
  try {
    resizeInPieces(values, 2 * numbers, [&] {
      if (values.size() > numbers) throw Interrupted{};
    });
  } catch (const Interrupted&) {
    left = true;
  }
  CHECK(left);
  CHECK(values.size() < 2 * numbers);
}

/// What is kept is freed by the C library at the release, as the address sanitizer sees.
TEST(blocksOfAnAbortedSolveAreKept) {
  constexpr std::size_t large = KeptBlocks::least;
  const auto kept = [](std::size_t bytes) {
    void* const block = std::malloc(bytes);
    if (KeptBlocks::keep(block, bytes)) return true;
    std::free(block);
    return false;
  };
  CHECK(!kept(large));
  Monitor monitor;
  KeptBlocks blocks(monitor);
  CHECK(!kept(large));
  monitor.abort();
  CHECK(kept(large));
  CHECK(kept(3 * large));
  CHECK(!kept(large - 1));
  blocks.release();
  CHECK(kept(large));
  {
    const Monitor other;
    const KeptBlocks inner(other);
    CHECK(!kept(large));
  }
  CHECK(kept(large));
  giveMemory(takeMemory(std::size_t{8} << 20, true));
}

TEST(lengthsAreRefusedInTheirOwnWords) {
  const auto message = [](std::size_t length, int expected, const char* per) {
    return check::messageOf([&] { requireLength("y", length, expected, per); });
  };
  CHECK_EQ(message(3, 3, ""), "");
  CHECK_EQ(message(2, 3, ""), "y.length = 2: expected 3");
  CHECK_EQ(message(2, 3, "as many numbers as x has rows"), "y.length = 2: expected as many numbers as x has rows: 3");
  CHECK_EQ(message(0, -1, ""), "y.length = 0: expected -1");
}

TEST(memoryIsRefusedInBytesNeededAndThere) {
  CHECK_EQ(refusal(2.1e6, 1.9e6), "OUT_OF_MEMORY: n = 7 unknowns need 3 MB, of which 1 MB are available");
  CHECK_EQ(refusal(2e6, 1e6, "use less"),
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
