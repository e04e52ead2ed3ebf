#include "core/late_release.hpp"

#include <atomic>

namespace nonconvex {
namespace {

std::atomic<int> releases = 0;

}  // namespace

LateRelease::LateRelease() { ++releases; }

LateRelease::~LateRelease() {
  --releases;
  releases.notify_all();
}

void awaitReleases() {
  for (int open = releases; open > 0; open = releases) releases.wait(open);
}

}  // namespace nonconvex
