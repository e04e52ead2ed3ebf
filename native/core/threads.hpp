// The process's bounded pool of workers: solves run on it first in, first out, and a running solve may borrow idle
// workers.
#pragma once

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

namespace nonconvex {

/// Threads that this process may use: NONCONVEX_THREADS, or cores by CPU affinity and cgroup quota (rounded up).
int availableThreads();

class WorkerPool {
 public:
  explicit WorkerPool(int threads);
  /// Waits for the running tasks; tasks not begun are dropped, so cancel and await them first.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()); }

  /// Queues a task; it must not throw.
  void submit(std::function<void()> task);

  /// Calls f(0), ..., f(chunks - 1), each once, on the calling thread and on workers that have nothing else to do, at
  /// most `maxThreads` in all. Returns when all are done. The caller never waits for a worker to become free, so it
  /// cannot deadlock and costs little when the pool is busy. The first exception of f is thrown again here.
  template <class F>
  void parallelFor(int chunks, int maxThreads, F&& f) {
    if (chunks <= 0) return;
    using Function = std::remove_reference_t<F>;
    run(
        chunks, maxThreads, [](void* context, int chunk) { (*static_cast<Function*>(context))(chunk); },
        const_cast<void*>(static_cast<const void*>(&f)));
  }

 private:
  static constexpr int maxStretches = 16;

  struct Region {
    void (*call)(void*, int);
    void* context;
    int chunks;
    int stretches;  // at most maxStretches
    int freeSlots;  // guarded by mutex_
    /// The next chunk of each stretch of neighbours. A thread begins with its own stretch, the same in every region, so
    /// that it finds in its cache what it wrote last time, and helps with the others afterwards.
    struct alignas(64) Counter {
      std::atomic<int> chunk = 0;
    };
    std::array<Counter, maxStretches> next = {};
    std::atomic<int> helpers = 0;
    std::atomic<bool> failed = false;
    std::exception_ptr error = nullptr;
    Region* following = nullptr;

    int end(int stretch) const;
    bool open() const;
    void work();
  };

  void run(int chunks, int maxThreads, void (*call)(void*, int), void* context);
  void workerLoop(int number);
  Region* claimRegion();  // needs mutex_
  void spinForWork(unsigned seen);

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;
  Region* regions_ = nullptr;
  std::atomic<unsigned> published_ = 0;  // tasks and regions so far: an idle worker waits awake for it to change
  int sleeping_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace nonconvex
