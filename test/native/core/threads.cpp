// The worker pool: every chunk once, order, exceptions, nesting, and no more threads than allowed.
#include "core/threads.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "check.hpp"
#include "core/error.hpp"
#include "core/lazy_shared.hpp"

#if defined(__GLIBC__)
#include <pthread.h>
#include <sys/resource.h>

#include <fstream>
#endif

using namespace nonconvex;

namespace {

/// Waits for something that other threads bring about: ten minutes, as a busy machine may not let them run for long.
template <class F>
bool eventually(F&& f) {
  for (int i = 0; i < 600000; ++i) {
    if (f()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

void checkEachOnce(WorkerPool& pool, int chunks, int maxThreads) {
  std::vector<std::atomic<int>> calls(static_cast<std::size_t>(chunks));
  pool.parallelFor(chunks, maxThreads, [&](int chunk) { ++calls[static_cast<std::size_t>(chunk)]; });
  CHECK(std::all_of(calls.begin(), calls.end(), [](const std::atomic<int>& n) { return n == 1; }));
}

}  // namespace

TEST(everyChunkOnce) {
  for (const int threads : {0, 1, 2, 5}) {
    WorkerPool pool(threads);
    CHECK_EQ(pool.threads(), threads);
    for (const int chunks : {0, 1, 2, 3, 7, 64, 1000}) {
      for (const int maxThreads : {1, 2, 3, 1024}) checkEachOnce(pool, chunks, maxThreads);
    }
    for (int i = 0; i < 2000; ++i) checkEachOnce(pool, 1 + i % 5, 8);
  }
}

TEST(negativeChunksAreNone) {
  WorkerPool pool(1);
  pool.parallelFor(-3, 4, [](int) { CHECK(false); });
}

TEST(tasksRunInTheirOrder) {
  std::vector<int> order;
  std::atomic<int> done = 0;
  WorkerPool pool(1);
  for (int i = 0; i < 500; ++i) {
    pool.submit([&, i] {
      order.push_back(i);
      ++done;
    });
  }
  CHECK(eventually([&] { return done == 500; }));
  CHECK(std::is_sorted(order.begin(), order.end()));
}

TEST(workersHelpTheCaller) {
  WorkerPool pool(2);
  std::mutex mutex;
  std::set<std::thread::id> seen;
  // Three chunks that wait for each other: possible only with three threads.
  std::atomic<int> arrived = 0;
  pool.parallelFor(3, 3, [&](int) {
    {
      const std::lock_guard lock(mutex);
      seen.insert(std::this_thread::get_id());
    }
    ++arrived;
    CHECK(eventually([&] { return arrived == 3; }));
  });
  CHECK_EQ(static_cast<int>(seen.size()), 3);
}

TEST(noMoreThreadsThanAllowed) {
  WorkerPool pool(6);
  for (const int most : {1, 2, 3}) {
    std::atomic<int> inside = 0;
    std::atomic<int> worst = 0;
    for (int repeat = 0; repeat < 20; ++repeat) {
      pool.parallelFor(40, most, [&](int) {
        const int now = ++inside;
        for (int seen = worst; seen < now && !worst.compare_exchange_weak(seen, now);) {
        }
        std::this_thread::sleep_for(std::chrono::microseconds(20));
        --inside;
      });
    }
    CHECK(worst <= most);
  }
}

TEST(theFirstExceptionComesBack) {
  WorkerPool pool(3);
  std::atomic<int> after = 0;
  for (int repeat = 0; repeat < 200; ++repeat) {
    std::string message;
    try {
      pool.parallelFor(10000, 4, [&](int chunk) {
        if (chunk == 5) throw std::runtime_error("chunk 5");
        if (chunk > 5) ++after;
      });
    } catch (const std::runtime_error& error) {
      message = error.what();
    }
    CHECK_EQ(message, "chunk 5");
  }
  // The rest is not begun: not in every repeat, since the thread that throws may be the last to run.
  CHECK(after < 200 * 9994);
  bool thrown = false;
  try {
    pool.parallelFor(100, 4, [](int) { throw 1; });  // all of them
  } catch (int) {
    thrown = true;
  }
  CHECK(thrown);
  checkEachOnce(pool, 100, 4);
}

TEST(anExceptionWithoutHelpers) {
  WorkerPool pool(0);
  int calls = 0;
  bool thrown = false;
  try {
    pool.parallelFor(10, 4, [&](int) {
      if (++calls == 3) throw std::runtime_error("third");
    });
  } catch (const std::runtime_error&) {
    thrown = true;
  }
  CHECK(thrown);
  CHECK_EQ(calls, 3);
}

TEST(loopsNest) {
  WorkerPool pool(3);
  std::atomic<int> calls = 0;
  pool.parallelFor(8, 4,
                   [&](int) { pool.parallelFor(8, 4, [&](int) { pool.parallelFor(8, 4, [&](int) { ++calls; }); }); });
  CHECK_EQ(calls.load(), 512);
}

TEST(manyCallersAtOnce) {
  WorkerPool pool(2);
  std::atomic<long> sum = 0;
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 8; ++caller) {
    callers.emplace_back([&] {
      for (int i = 0; i < 300; ++i) pool.parallelFor(10, 3, [&](int chunk) { sum += chunk; });
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK_EQ(sum.load(), 8L * 300 * 45);
}

TEST(loopsInsideTasksOfAFullPool) {
  std::atomic<int> done = 0;
  std::atomic<long> sum = 0;
  WorkerPool pool(2);
  for (int task = 0; task < 50; ++task) {
    pool.submit([&] {
      pool.parallelFor(20, 1024, [&](int chunk) { sum += chunk; });
      ++done;
    });
  }
  pool.parallelFor(100, 1024, [&](int) {});
  CHECK(eventually([&] { return done == 50; }));
  CHECK_EQ(sum.load(), 50L * 190);
}

TEST(tasksNotBegunAreDropped) {
  std::atomic<bool> begun = false;
  std::atomic<bool> ran = false;
  auto token = std::make_shared<int>();
  const std::weak_ptr<int> waiting = token;
  {
    WorkerPool pool(1);
    pool.submit([&] {
      begun = true;
      CHECK(eventually([&] { return waiting.expired(); }));  // until the destructor has dropped the task below
    });
    CHECK(eventually([&] { return begun.load(); }));
    pool.submit([&ran, token] { ran = true; });
    token.reset();
  }
  CHECK(!ran);
}

TEST(threadsOfTheEnvironment) {
  const auto with = [](const char* text) {
    setenv("NONCONVEX_THREADS", text, 1);
    return availableThreads();
  };
  unsetenv("NONCONVEX_THREADS");
  const int own = availableThreads();
  CHECK(own >= 1);
  CHECK_EQ(with("1"), 1);
  CHECK_EQ(with("3"), 3);
  CHECK_EQ(with("99999"), 1024);
  for (const char* nonsense : {"", "0", "-2", "two", "2x", "99999999999999"}) CHECK_EQ(with(nonsense), own);
  unsetenv("NONCONVEX_THREADS");
}

TEST(madeOnceForAll) {
  Once<int> once;
  std::atomic<int> makes = 0, right = 0;
  const auto never = [] { return false; };
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      const auto make = [&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        return std::make_shared<const int>(++makes);
      };
      if (*once.get(make, never) == 1) ++right;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK_EQ(makes.load(), 1);
  CHECK_EQ(right.load(), 8);
}

TEST(whatFailsIsMadeByTheNext) {
  Once<int> once;
  const auto never = [] { return false; };
  bool threw = false;
  try {
    once.get([]() -> std::shared_ptr<const int> { throw std::runtime_error("no"); }, never);
  } catch (const std::runtime_error&) {
    threw = true;
  }
  CHECK(threw);
  CHECK_EQ(*once.get([] { return std::make_shared<const int>(7); }, never), 7);
}

TEST(thoseWhoWaitCanGiveUp) {
  Once<int> once;
  std::atomic<bool> begun = false, release = false;
  std::thread maker([&] {
    once.get(
        [&] {
          begun = true;
          eventually([&] { return release.load(); });
          return std::make_shared<const int>(1);
        },
        [] { return false; });
  });
  CHECK(eventually([&] { return begun.load(); }));
  const auto other = [] { return std::make_shared<const int>(2); };
  int asked = 0;
  CHECK(once.get(other, [&] { return ++asked > 3; }) == nullptr);
  release = true;
  maker.join();
  CHECK_EQ(*once.get(other, [] { return true; }), 1);
}

#if defined(__GLIBC__)

namespace {

constexpr std::size_t stack = std::size_t{1} << 30;

/// Gives threads of this process such stacks, and room in its address space for so many of them, until it is destroyed.
class RoomForStacks {
 public:
  explicit RoomForStacks(double count) {
    pthread_getattr_default_np(&usual_);
    getrlimit(RLIMIT_AS, &limit_);
    pthread_attr_t large = usual_;
    pthread_attr_setstacksize(&large, stack);
    pthread_setattr_default_np(&large);
    std::size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    rlimit room = limit_;
    room.rlim_cur = pages * 4096 + static_cast<rlim_t>(count * static_cast<double>(stack));
    setrlimit(RLIMIT_AS, &room);
  }
  ~RoomForStacks() {
    setrlimit(RLIMIT_AS, &limit_);
    pthread_setattr_default_np(&usual_);
  }

 private:
  pthread_attr_t usual_ = {};
  rlimit limit_ = {};
};

}  // namespace

TEST(threadsThatTheSystemRefusesAreDoneWithout) {
  const RoomForStacks room(2.5);
  WorkerPool pool(5);
  CHECK_EQ(pool.threads(), 2);
  checkEachOnce(pool, 100, 6);
}

TEST(noThreadAtAllIsOutOfMemory) {
  const RoomForStacks room(0.5);
  std::string code;
  try {
    const WorkerPool pool(3);
  } catch (const Error& error) {
    code = error.code() + ": " + error.what();
  }
  CHECK_EQ(code, "OUT_OF_MEMORY: out of memory: no thread could be made (Resource temporarily unavailable)");
}

#endif
