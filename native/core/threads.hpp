// The process's bounded pool of workers: solves run on it first in, first out, and a running solve may borrow idle
// workers.
#pragma once

#include <functional>
#include <memory>
#include <type_traits>

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

  int threads() const { return threads_; }

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
  class Workers;

  void run(int chunks, int maxThreads, void (*call)(void*, int), void* context);

  int threads_;
  std::unique_ptr<Workers> workers_;
};

}  // namespace nonconvex
