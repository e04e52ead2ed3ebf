#ifdef NONCONVEX_NO_THREADS  // else threads.cpp

#include <emscripten/eventloop.h>

#include "core/threads.hpp"

namespace nonconvex {

/// One thread does everything: a task is a turn of JavaScript's event loop, and what could be shared out is a loop.
class WorkerPool::Workers {
 public:
  void submit(std::function<void()> task) {
    emscripten_set_timeout(
        [](void* data) {
          const std::unique_ptr<Turn> turn(static_cast<Turn*>(data));
          if (!turn->pool.expired()) turn->task();
        },
        0, new Turn{std::move(task), alive_});
  }

 private:
  struct Turn {
    std::function<void()> task;
    std::weak_ptr<char> pool;  // dropped with it
  };

  std::shared_ptr<char> alive_ = std::make_shared<char>();
};

int availableThreads() { return 1; }

WorkerPool::WorkerPool(int threads) : threads_(threads), workers_(std::make_unique<Workers>()) {}

WorkerPool::~WorkerPool() = default;

void WorkerPool::submit(std::function<void()> task) { workers_->submit(std::move(task)); }

void WorkerPool::run(int chunks, int, void (*call)(void*, int), void* context) {
  for (int chunk = 0; chunk < chunks; ++chunk) call(context, chunk);
}

}  // namespace nonconvex

#endif
