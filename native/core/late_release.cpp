#include "core/late_release.hpp"

#include <atomic>
#include <cstdlib>
#include <new>
#include <utility>

namespace nonconvex {
namespace {

std::atomic<int> releases = 0;

thread_local KeptBlocks* ofThread = nullptr;

}  // namespace

LateRelease::LateRelease() { ++releases; }

LateRelease::~LateRelease() {
  --releases;
  releases.notify_all();
}

void awaitReleases() {
  for (int open = releases; open > 0; open = releases) releases.wait(open);
}

KeptBlocks::KeptBlocks(const Monitor& monitor) noexcept : monitor_(monitor), outer_(std::exchange(ofThread, this)) {}

KeptBlocks::~KeptBlocks() {
  ofThread = outer_;
  release();
}

void KeptBlocks::release() noexcept {
  while (first_ != nullptr) std::free(std::exchange(first_, first_->next));
}

bool KeptBlocks::open() noexcept { return ofThread != nullptr && ofThread->monitor_.aborted(); }

bool KeptBlocks::keep(void* block, std::size_t bytes) noexcept {
  if (bytes < least || !open()) return false;
  ofThread->first_ = ::new (block) Block{ofThread->first_};
  return true;
}

}  // namespace nonconvex
