#pragma once

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

}  // namespace nonconvex
