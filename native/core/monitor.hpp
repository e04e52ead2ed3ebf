// The two things that reach into a running solve from outside: a wish to stop, and a listener for progress.
#pragma once

#include <atomic>
#include <functional>
#include <limits>

#include "core/error.hpp"
#include "core/status.hpp"

namespace nonconvex {

/// Wall-clock seconds since construction.
class Stopwatch {
 public:
  double seconds() const { return now() - begin_; }

 private:
  /// Seconds since some moment.
  static double now();

  double begin_ = now();
};

/// Tells a running solve when to end, and takes its reports.
class Monitor {
 public:
  /// Called at every check. A listener of a solver whose reports have members of their own may cast down to their type.
  using Listener = std::function<void(const Progress&)>;

  explicit Monitor(double timeLimit = std::numeric_limits<double>::infinity(), Listener listener = {})
      : timeLimit_(timeLimit), listener_(std::move(listener)) {}
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  /// A monitor for a solve inside this one. It ends when this one does, or after `timeLimit` seconds of its own; its
  /// progress is not reported to this one's listener, and `iterate` keeps no history of it. This one must outlive it.
  Monitor child(double timeLimit = std::numeric_limits<double>::infinity()) const { return {this, timeLimit}; }
  bool isChild() const noexcept { return parent_ != nullptr; }

  void abort() noexcept { aborted_.store(true, std::memory_order_relaxed); }
  bool aborted() const noexcept {
    return aborted_.load(std::memory_order_relaxed) || (parent_ != nullptr && parent_->aborted());
  }
  bool outOfTime() const noexcept { return seconds() >= timeLimit_ || (parent_ != nullptr && parent_->outOfTime()); }
  double seconds() const noexcept { return watch_.seconds(); }
  /// Begins counting seconds; time spent in a queue does not count against `timeLimit`.
  void restart() noexcept { watch_ = Stopwatch(); }
  void limitTime(double seconds) noexcept { timeLimit_ = seconds; }

  /// Returns true if the solve is to end, interruptible or not.
  bool ending() const noexcept { return aborted() || outOfTime(); }

  /// Throws Interrupted when the solve should end; called inside long operations (a factorisation).
  void checkpoint() const {
    if (interruptible_.load(std::memory_order_relaxed) && ending()) throw Interrupted{};
  }
  /// Throws Interrupted when the solve was aborted; looked at where a solve that is out of time goes on, so that what
  /// it returns is as good as it can be.
  void abortPoint() const {
    if (interruptible_.load(std::memory_order_relaxed) && aborted()) throw Interrupted{};
  }
  /// Work that must finish, such as the evaluation of the best iterate, is not interruptible.
  void setInterruptible(bool interruptible) noexcept { interruptible_.store(interruptible, std::memory_order_relaxed); }
  void report(const Progress& progress) const {
    if (listener_) listener_(progress);
  }

 private:
  Monitor(const Monitor* parent, double timeLimit) : parent_(parent), timeLimit_(timeLimit) {}

  const Monitor* parent_ = nullptr;
  std::atomic<bool> aborted_ = false;
  std::atomic<bool> interruptible_ = true;
  Stopwatch watch_;
  double timeLimit_;
  Listener listener_;
};

}  // namespace nonconvex
