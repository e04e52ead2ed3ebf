#pragma once

#include <cstddef>

#include "core/monitor.hpp"

namespace nonconvex {

/// Says, as long as it lives, that memory which a solve no longer needs is about to be given back.
class LateRelease {
 public:
  LateRelease();
  ~LateRelease();
  LateRelease(const LateRelease&) = delete;
  LateRelease& operator=(const LateRelease&) = delete;
};

/// Waits until nothing is about to be given back.
void awaitReleases();

/// Keeps the large blocks of memory that its thread frees while it lives and `monitor` is aborted, until `release`: the
/// system takes tens of milliseconds to take hundreds of MB back. An aborted solve's answer need not wait for that.
class KeptBlocks {
 public:
  explicit KeptBlocks(const Monitor& monitor) noexcept;
  ~KeptBlocks();
  KeptBlocks(const KeptBlocks&) = delete;
  KeptBlocks& operator=(const KeptBlocks&) = delete;

  void release() noexcept;
  bool any() const noexcept { return first_ != nullptr; }

  /// Blocks of fewer bytes are not kept.
  static constexpr std::size_t least = std::size_t{1} << 17;
  /// Keeps a block of the C library that is about to be freed, and frees it later; false if it is not kept.
  static bool keep(void* block, std::size_t bytes) noexcept;
  /// Returns true if this thread keeps blocks now.
  static bool open() noexcept;

 private:
  struct Block {
    Block* next;
  };

  const Monitor& monitor_;
  KeptBlocks* const outer_;
  Block* first_ = nullptr;
};

}  // namespace nonconvex
