// The two things that reach into a running solve from outside: a wish to stop, and a listener for progress.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <limits>

#include "core/error.hpp"
#include "core/status.hpp"

namespace nonconvex {

/// Wall-clock seconds since construction.
class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count(); }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

class Monitor {
 public:
  using Listener = std::function<void(const Progress&)>;

  explicit Monitor(double timeLimit = std::numeric_limits<double>::infinity(), Listener listener = {})
      : timeLimit_(timeLimit), listener_(std::move(listener)) {}

  void abort() noexcept { aborted_.store(true, std::memory_order_relaxed); }
  bool aborted() const noexcept { return aborted_.load(std::memory_order_relaxed); }
  bool outOfTime() const noexcept { return seconds() >= timeLimit_; }
  double seconds() const noexcept { return watch_.seconds(); }
  /// Begins counting seconds; time spent in a queue does not count against `timeLimit`.
  void restart() noexcept { watch_ = Stopwatch(); }
  void limitTime(double seconds) noexcept { timeLimit_ = seconds; }

  /// Whether the solve is to end, interruptible or not.
  bool ending() const noexcept { return aborted() || outOfTime(); }

  /// For use inside long operations (a factorisation): throws Interrupted when the solve should end.
  void checkpoint() const {
    if (interruptible_.load(std::memory_order_relaxed) && ending()) throw Interrupted{};
  }
  /// What must finish, such as the evaluation of the best iterate, is not to be interrupted.
  void setInterruptible(bool interruptible) noexcept { interruptible_.store(interruptible, std::memory_order_relaxed); }
  void report(const Progress& progress) const {
    if (listener_) listener_(progress);
  }

 private:
  std::atomic<bool> aborted_ = false;
  std::atomic<bool> interruptible_ = true;
  Stopwatch watch_;
  double timeLimit_;
  Listener listener_;
};

}  // namespace nonconvex
