#ifndef NONCONVEX_NO_THREADS  // else one_thread.cpp

#include "core/threads.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cmath>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <exception>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "core/control_group.hpp"
#include "core/error.hpp"
#include "core/file.hpp"

#ifdef __linux__
#include <sched.h>
#endif

namespace nonconvex {
namespace {

int parseInteger(std::string_view text, int fallback) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : fallback;
}

int affinityThreads() {
#ifdef __linux__
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
#endif
  return std::max(1u, std::thread::hardware_concurrency());
}

/// Cores allowed by the control group's CPU quota, rounded up; a large number if there is no quota.
double cgroupCores() {
  constexpr double unlimited = 1e9;
  std::string path = controlGroup();
  double cores = unlimited;
  const auto quota = [&](std::span<const std::string> words) {
    if (words.size() < 2) return;
    const double limit = integerOr(0, words[0]), period = integerOr(0, words[1]);  // "max" is no limit
    if (limit > 0 && period > 0) cores = std::min(cores, limit / period);
  };
  // Version 2: every group up to the root may set a limit.
  for (;;) {
    quota(wordsOf("/sys/fs/cgroup" + path + "/cpu.max"));
    if (path.empty() || path == "/") break;
    path.erase(path.rfind('/'));
  }
  std::vector<std::string> words = wordsOf("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
  for (std::string& word : wordsOf("/sys/fs/cgroup/cpu/cpu.cfs_period_us")) words.push_back(std::move(word));
  quota(words);
  return cores;
}

void pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// The number of a worker, from 0; it is 0 in all other threads.
thread_local int threadNumber = 0;

/// Locks a mutex that is never held for more than an instant: going to sleep for it would cost more than any wait.
std::unique_lock<std::mutex> lockPatiently(std::mutex& mutex) {
  std::unique_lock lock(mutex, std::defer_lock);
  for (int spins = 0; spins < 1000; ++spins) {
    if (lock.try_lock()) return lock;
    pause();
  }
  lock.lock();
  return lock;
}

}  // namespace

int availableThreads() {
  if (const char* text = std::getenv("NONCONVEX_THREADS")) {
    const int value = parseInteger(text, 0);
    if (value >= 1) return std::min(value, 1024);
  }
  const double cores = std::min<double>(affinityThreads(), cgroupCores());
  return std::max(1, static_cast<int>(std::ceil(cores)));
}

class WorkerPool::Workers {
 public:
  explicit Workers(int threads);
  ~Workers();

  int count() const { return static_cast<int>(workers_.size()); }
  void submit(std::function<void()> task);
  /// Calls what parallelFor is given, on the calling thread and on `helpers` > 0 workers at most.
  void run(int chunks, int helpers, void (*call)(void*, int), void* context);

 private:
  static constexpr int maxStretches = 16;  // stretches of chunks, each with a counter of its own

  struct Region {
    void (*call)(void*, int);
    void* context;
    int chunks;
    int stretches;  // number of stretches, at most maxStretches
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

int WorkerPool::Workers::Region::end(int stretch) const {
  return static_cast<int>(std::int64_t{chunks} * (stretch + 1) / stretches);
}

bool WorkerPool::Workers::Region::open() const {
  for (int s = 0; s < stretches; ++s) {
    if (next[static_cast<std::size_t>(s)].chunk.load(std::memory_order_relaxed) < end(s)) return true;
  }
  return false;
}

void WorkerPool::Workers::Region::work() {
  for (int k = 0; k < stretches; ++k) {
    const int stretch = (threadNumber + k) % stretches;
    std::atomic<int>& counter = next[static_cast<std::size_t>(stretch)].chunk;
    const int last = end(stretch);
    for (int chunk = counter.fetch_add(1); chunk < last && !failed.load(std::memory_order_relaxed);
         chunk = counter.fetch_add(1)) {
      try {
        call(context, chunk);
      } catch (...) {
        if (!failed.exchange(true)) error = std::current_exception();
      }
    }
  }
}

/// The system may refuse a thread: those that there are do the work. Throws SolverError OUT_OF_MEMORY where there is
/// none.
WorkerPool::Workers::Workers(int threads) {
  workers_.reserve(static_cast<std::size_t>(threads));
  for (int i = 0; i < threads; ++i) {
    try {
      workers_.emplace_back([this, i] { workerLoop(i); });
    } catch (const std::exception& error) {
      if (i > 0) break;
      const std::string reason = std::string("out of memory: no thread could be made (") + error.what() + ")";
      throw Error(ErrorKind::solver, reason, "OUT_OF_MEMORY");
    }
  }
}

WorkerPool::Workers::~Workers() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    tasks_.clear();
  }
  wake_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void WorkerPool::Workers::submit(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  published_.fetch_add(1);
  wake_.notify_one();
}

void WorkerPool::Workers::run(int chunks, int helpers, void (*call)(void*, int), void* context) {
  Region region{.call = call,
                .context = context,
                .chunks = chunks,
                .stretches = std::min(helpers + 1, maxStretches),
                .freeSlots = helpers};
  for (int s = 1; s < region.stretches; ++s) region.next[static_cast<std::size_t>(s)].chunk.store(region.end(s - 1));
  int sleeping;
  {
    const auto lock = lockPatiently(mutex_);
    region.following = regions_;
    regions_ = &region;
    sleeping = sleeping_;
  }
  published_.fetch_add(1);  // comes after the mutex is free, since the threads that wait for this take it next
  for (int i = 0; i < std::min(helpers, sleeping); ++i) wake_.notify_one();
  region.work();
  {
    const auto lock = lockPatiently(mutex_);
    Region** link = &regions_;
    while (*link != &region) link = &(*link)->following;
    *link = region.following;
  }
  // No new helper can join; those that did are within their last chunk.
  for (int spins = 0; region.helpers.load(std::memory_order_acquire) != 0; ++spins) {
    if (spins < 4000) {
      pause();
    } else {
      std::this_thread::yield();
    }
  }
  if (region.error) std::rethrow_exception(region.error);
}

WorkerPool::Workers::Region* WorkerPool::Workers::claimRegion() {
  for (Region* region = regions_; region != nullptr; region = region->following) {
    if (region->freeSlots > 0 && !region->failed.load() && region->open()) {
      --region->freeSlots;
      region->helpers.fetch_add(1);
      return region;
    }
  }
  return nullptr;
}

/// The parallel loops of one iteration follow each other within microseconds: waiting awake that long saves the
/// wake-up.
void WorkerPool::Workers::spinForWork(unsigned seen) {
  for (int spins = 0; spins < 4000 && published_.load(std::memory_order_relaxed) == seen; ++spins) pause();
}

void WorkerPool::Workers::workerLoop(int number) {
  threadNumber = number;
  std::unique_lock lock = lockPatiently(mutex_);
  bool alert = false;  // was busy, or woken, a moment ago
  while (!stopping_) {
    if (!tasks_.empty()) {
      std::function<void()> task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
      task = nullptr;
      lock = lockPatiently(mutex_);
      alert = false;  // solves follow each other more slowly than parallel loops do
    } else if (Region* region = claimRegion()) {
      lock.unlock();
      region->work();
      region->helpers.fetch_sub(1, std::memory_order_release);
      lock = lockPatiently(mutex_);
      alert = true;
    } else if (alert) {
      alert = false;
      const unsigned seen = published_.load();
      lock.unlock();
      spinForWork(seen);
      lock = lockPatiently(mutex_);
    } else {
      ++sleeping_;
      wake_.wait(lock);
      --sleeping_;
      alert = true;  // what it was woken for may be done already, but more of the kind follows
    }
  }
}

WorkerPool::WorkerPool(int threads) : threads_(threads), workers_(std::make_unique<Workers>(threads)) {
  threads_ = workers_->count();
}

WorkerPool::~WorkerPool() = default;

void WorkerPool::submit(std::function<void()> task) { workers_->submit(std::move(task)); }

void WorkerPool::run(int chunks, int maxThreads, void (*call)(void*, int), void* context) {
  const int helpers = std::min({chunks - 1, maxThreads - 1, threads_});
  if (helpers <= 0) {
    for (int chunk = 0; chunk < chunks; ++chunk) call(context, chunk);
  } else {
    workers_->run(chunks, helpers, call, context);
  }
}

}  // namespace nonconvex

#endif
