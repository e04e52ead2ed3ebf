#include "simulated_device.hpp"

#include <dlfcn.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <vector>

#include "cuda/launch.hpp"

namespace nonconvex::simulated {
namespace {

using cuda::Direction;
using cuda::Extent;
using cuda::Stream;

constexpr std::size_t page = 4096;
constexpr int invalidValue = 1;      // cudaErrorInvalidValue
constexpr int invalidDevice = 101;   // cudaErrorInvalidDevice
constexpr int illegalAddress = 700;  // cudaErrorIllegalAddress
constexpr int invalidLaunch = 9;     // cudaErrorInvalidConfiguration
constexpr std::size_t range = std::size_t{1} << 38;

struct Block {
  char* pages;
  std::size_t length;  // length of the pages
  std::size_t bytes;
};

class SimulatedDevice {
 public:
  int begin(int failure) {
    const std::lock_guard lock(mutex_);
    ++counts_.calls;
    if (failAt_ < 0 || failAt_-- > 0) return 0;
    failed_ = true;
    return failure;
  }

  int allocate(void** memory, std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    if (bytes == 0 || bytes > capacity_ - counts_.bytes) return *memory = nullptr, cuda::outOfMemory;
    if (arena_ == nullptr && !reserve()) return cuda::outOfMemory;
    const std::size_t aligned = (bytes + 255) / 256 * 256;
    const std::size_t length = (aligned + page - 1) / page * page;
    if (top_ + length + page > range) return cuda::outOfMemory;
    const Block block = {arena_ + top_, length, bytes};
    const int flags = MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS;
    if (mmap(block.pages, length, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED) return cuda::outOfMemory;
    top_ += length + page;
    std::memset(block.pages, 0xff, length);
    mprotect(block.pages, length, PROT_NONE);
    *memory = block.pages + length - aligned;
    blocks_[static_cast<char*>(*memory)] = block;
    ++counts_.allocations;
    counts_.bytes += bytes;
    return 0;
  }

  int release(void* memory) {
    const std::lock_guard lock(mutex_);
    if (memory == nullptr) return 0;
    for (auto& [stream, work] : streams_) drain(work);  // cudaFree waits for the device
    const auto place = blocks_.find(static_cast<char*>(memory));
    if (place == blocks_.end()) return invalidValue;
    mapNothing(place->second.pages, place->second.length);
    --counts_.allocations;
    counts_.bytes -= place->second.bytes;
    blocks_.erase(place);
    return 0;
  }

  int allocatePinned(void** memory, std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    *memory = std::malloc(bytes);
    pinned_.insert(*memory);
    ++counts_.pinned;
    return 0;
  }
  int releasePinned(void* memory) {
    const std::lock_guard lock(mutex_);
    if (pinned_.erase(memory) == 0) return invalidValue;
    std::free(memory);
    --counts_.pinned;
    return 0;
  }

  int createStream(Stream* stream) {
    const std::lock_guard lock(mutex_);
    *stream = new char;
    streams_[*stream];
    ++counts_.streams;
    return 0;
  }
  int destroyStream(Stream stream) {
    const std::lock_guard lock(mutex_);
    const auto place = streams_.find(stream);
    if (place == streams_.end()) return invalidValue;
    drain(place->second);
    streams_.erase(place);
    delete static_cast<char*>(stream);
    --counts_.streams;
    return 0;
  }
  int synchronize(Stream stream) {
    const std::lock_guard lock(mutex_);
    ++counts_.waits;
    drain(streams_.at(stream));
    return 0;
  }
  /// What a device does that has failed.
  int drop(Stream stream, int status) {
    const std::lock_guard lock(mutex_);
    streams_.at(stream).clear();
    return status;
  }

  int enqueue(Stream stream, std::function<void()> work) {
    const std::lock_guard lock(mutex_);
    const auto place = streams_.find(stream);
    if (place == streams_.end()) return invalidValue;
    place->second.push_back(std::move(work));
    return 0;
  }

  int copy(char* to, std::size_t toPitch, const char* from, std::size_t fromPitch, std::size_t width,
           std::size_t height, Direction direction, Stream stream) {
    if (toPitch < width || fromPitch < width) return invalidValue;
    const bool fromHost = direction == Direction::hostToDevice;
    const bool toHost = direction == Direction::deviceToHost;
    const auto extent = [&](std::size_t pitch) { return (height - 1) * pitch + width; };
    if (onDevice(from, extent(fromPitch)) == fromHost || onDevice(to, extent(toPitch)) == toHost) return invalidValue;
    if (fromHost || toHost) {
      const std::lock_guard lock(mutex_);
      counts_.crossed += width * height;
    }
    return enqueue(stream, [=] {
      for (std::size_t j = 0; j < height; ++j) std::memcpy(to + j * toPitch, from + j * fromPitch, width);
    });
  }

  int launch(const void* kernel, Extent grid, Extent block, void** arguments, Stream stream) {
    const auto within = [](unsigned value, unsigned most) { return value >= 1 && value <= most; };
    if (!within(grid.x, 2147483647u) || !within(grid.y, 65535) || !within(grid.z, 65535) || !within(block.x, 1024) ||
        !within(block.y, 1024) || !within(block.x * block.y * block.z, 1024)) {
      return invalidLaunch;
    }
    const auto& host = *static_cast<const cuda::HostKernel*>(kernel);
    const auto* first = static_cast<const char*>(arguments[0]);
    std::vector<std::max_align_t> body(host.bytes / sizeof(std::max_align_t) + 1);
    std::memcpy(body.data(), first, host.bytes);
    {
      const std::lock_guard lock(mutex_);
      ++counts_.launches;
    }
    return enqueue(stream, [=, run = host.run, copied = std::move(body)] { run(copied.data(), {grid, block}); });
  }

  bool onDevice(const void* memory, std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    const char* const begin = static_cast<const char*>(memory);
    auto place = blocks_.upper_bound(const_cast<char*>(begin));
    if (place == blocks_.begin()) return false;
    --place;
    return begin + bytes <= place->first + place->second.bytes;
  }

  void memory(std::size_t* free, std::size_t* total) {
    const std::lock_guard lock(mutex_);
    *free = capacity_ - counts_.bytes;
    *total = capacity_;
  }
  Counts counts() {
    const std::lock_guard lock(mutex_);
    return counts_;
  }
  void countHandle(int change) {
    const std::lock_guard lock(mutex_);
    counts_.handles += change;
  }
  void setCapacity(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    capacity_ = bytes;
  }
  void failAt(long k) {
    const std::lock_guard lock(mutex_);
    failAt_ = k;
    failed_ = false;
  }
  bool failed() {
    const std::lock_guard lock(mutex_);
    return failed_;
  }

 private:
  using Work = std::deque<std::function<void()>>;

  /// Reserves the range. What is no block in it is a mapping of an empty file, so that it cannot be touched whatever
  /// its protection is: one call opens all blocks for the device, and not what lies between them.
  bool reserve() {
    empty_ = memfd_create("nonconvex-empty", MFD_CLOEXEC);
    if (empty_ < 0) return false;
    void* const reserved = mmap(nullptr, range, PROT_NONE, MAP_SHARED | MAP_NORESERVE, empty_, 0);
    if (reserved == MAP_FAILED) return false;
    arena_ = static_cast<char*>(reserved);
    return true;
  }
  void mapNothing(char* pages, std::size_t length) const {
    mmap(pages, length, PROT_NONE, MAP_FIXED | MAP_SHARED | MAP_NORESERVE, empty_, pages - arena_);
  }
  void open(bool accessible) const {
    if (blocks_.empty()) return;
    char* const begin = blocks_.begin()->second.pages;
    const Block& last = blocks_.rbegin()->second;
    const auto length = static_cast<std::size_t>(last.pages + last.length - begin);
    mprotect(begin, length, accessible ? PROT_READ | PROT_WRITE : PROT_NONE);
  }
  void drain(Work& work) {
    if (work.empty()) return;
    open(true);
    for (; !work.empty(); work.pop_front()) work.front()();
    open(false);
  }

  std::mutex mutex_;
  int empty_ = -1;
  char* arena_ = nullptr;
  std::size_t top_ = 0;
  std::size_t capacity_ = std::size_t{1} << 30;
  std::map<char*, Block> blocks_;
  std::map<Stream, Work> streams_;
  std::set<void*> pinned_;
  Counts counts_;
  long failAt_ = -1;
  bool failed_ = false;
};

SimulatedDevice& device() {
  static SimulatedDevice* const one = new SimulatedDevice;  // solves that run at exit() still need it
  return *one;
}

int describe(int number, cuda::Properties* properties) {
  if (number != 0) return invalidDevice;
  *properties = {"Simulated", 9, 0};
  return 0;
}

/// A call that may be made to fail.
template <class F>
int call(int failure, F&& f) {
  const int status = enter(failure);
  return status != 0 ? status : f();
}

constexpr cuda::Runtime runtime = {
    .deviceCount = [](int* count) -> int { return *count = 1, 0; },
    .describe = describe,
    .setDevice = [](int number) { return call(illegalAddress, [&] { return number == 0 ? 0 : invalidDevice; }); },
    .memoryInfo = [](std::size_t* free, std::size_t* total) -> int { return device().memory(free, total), 0; },
    .allocate =
        [](void** memory, std::size_t bytes) {
          return call(illegalAddress, [&] { return device().allocate(memory, bytes); });
        },
    .release = [](void* memory) { return device().release(memory); },
    .allocatePinned =
        [](void** memory, std::size_t bytes) {
          return call(cuda::outOfMemory, [&] { return device().allocatePinned(memory, bytes); });
        },
    .releasePinned = [](void* memory) { return device().releasePinned(memory); },
    .createStream = [](Stream* stream) { return call(illegalAddress, [&] { return device().createStream(stream); }); },
    .destroyStream = [](Stream stream) { return device().destroyStream(stream); },
    .synchronize =
        [](Stream stream) {
          const int status = enter(illegalAddress);
          return status == 0 ? device().synchronize(stream) : device().drop(stream, status);
        },
    .copy =
        [](void* to, const void* from, std::size_t bytes, Direction direction, Stream stream) {
          return call(illegalAddress, [&] {
            return device().copy(static_cast<char*>(to), bytes, static_cast<const char*>(from), bytes, bytes, 1,
                                 direction, stream);
          });
        },
    .copy2D =
        [](void* to, std::size_t toPitch, const void* from, std::size_t fromPitch, std::size_t width,
           std::size_t height, Direction direction, Stream stream) {
          return call(illegalAddress, [&] {
            return device().copy(static_cast<char*>(to), toPitch, static_cast<const char*>(from), fromPitch, width,
                                 height, direction, stream);
          });
        },
    .set =
        [](void* memory, int byte, std::size_t bytes, Stream stream) {
          return call(illegalAddress, [&] {
            if (!onDevice(memory, bytes)) return invalidValue;
            return device().enqueue(stream, [=] { std::memset(memory, byte, bytes); });
          });
        },
    .launch =
        [](const void* kernel, Extent grid, Extent block, void** arguments, Stream stream) {
          return call(illegalAddress, [&] { return device().launch(kernel, grid, block, arguments, stream); });
        },
    .forgetError = []() -> int { return 0; },
    .describeError = [](int status) { return status == cuda::outOfMemory ? "out of memory" : "simulated failure"; },
};

}  // namespace

int enter(int failure) { return device().begin(failure); }
void enqueue(Stream stream, std::function<void()> work) { device().enqueue(stream, std::move(work)); }
void finish(Stream stream) { device().synchronize(stream); }
bool onDevice(const void* memory, std::size_t bytes) { return device().onDevice(memory, bytes); }
void countHandle(int change) { device().countHandle(change); }
Counts counts() { return device().counts(); }
void setCapacity(std::size_t bytes) { device().setCapacity(bytes); }
void failAt(long k) { device().failAt(k); }
bool failed() { return device().failed(); }

const cuda::Tables& tables() {
  static const cuda::Tables* const all =
      new cuda::Tables{runtime, cuda::loadCublas(NONCONVEX_SUBSTITUTES), cuda::loadCusolver(NONCONVEX_SUBSTITUTES)};
  return *all;
}

}  // namespace nonconvex::simulated

/// What stands for the GPU's tables in an addon.
const nonconvex::cuda::Tables& nonconvex::cuda::realTables() {
  // The libraries that stand for NVIDIA's call the device, which is in this one.
  [[maybe_unused]] static void* const self = [] {
    Dl_info found = {};
    dladdr(reinterpret_cast<const void*>(&simulated::enter), &found);
    return dlopen(found.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_GLOBAL);
  }();
  return simulated::tables();
}
