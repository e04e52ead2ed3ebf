// What many threads share and the first of them makes.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

namespace nonconvex {

/// A std::call_once whose waiting threads can give up.
template <class T>
class Once {
 public:
  /// What `make` returned to the first who asked, made now if this is the first. When `make` throws, the next one makes
  /// it. Null where it is being made by another and `giveUp` becomes true.
  template <class Make, class GiveUp>
  std::shared_ptr<const T> get(Make&& make, GiveUp&& giveUp) {
    std::unique_lock lock(mutex_);
    while (making_) {
      if (giveUp()) return nullptr;
      changed_.wait_for(lock, std::chrono::milliseconds(10));
    }
    if (made_) return made_;
    making_ = true;
    lock.unlock();
    const auto leave = [&](std::shared_ptr<const T> made) {
      lock.lock();
      made_ = std::move(made);
      making_ = false;
      changed_.notify_all();
    };
    try {
      leave(make());
    } catch (...) {
      leave(nullptr);
      throw;
    }
    return made_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool making_ = false;  // guarded by mutex_, as the next
  std::shared_ptr<const T> made_;
};

}  // namespace nonconvex
