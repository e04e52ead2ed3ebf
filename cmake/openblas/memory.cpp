// Takes the place of OpenBLAS's driver/others/memory.c in our static link: the linker never pulls that member out of
// libopenblas.a because everything that the rest of the library needs from it is defined here.
//
// Why: distributions build the serial flavour without locks, so that two threads may be handed the same scratch buffer
// and compute wrong results; and its destructor unmaps the buffers at exit() while a solve may still be running.
// Here every thread keeps a buffer of its own, and nothing is torn down at exit.
#ifdef _WIN32
#define NOMINMAX
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#else
#include <sys/mman.h>
#endif

#include <cstddef>
#include <new>

namespace {

/// BUFFER_SIZE of common_x86_64.h and common_arm64.h, from which OpenBLAS derives its block sizes. Only what is touched
/// takes memory.
constexpr std::size_t bufferSize = std::size_t{32} << 22;

#ifdef _WIN32
void* reserve() { return VirtualAlloc(nullptr, bufferSize, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE); }
void release(void* address) { VirtualFree(address, 0, MEM_RELEASE); }
#else
void* reserve() {
  void* address = mmap(nullptr, bufferSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return address == MAP_FAILED ? nullptr : address;
}
void release(void* address) { munmap(address, bufferSize); }
#endif

/// Buffers are handed back by the thread that took them. A second one at the same time is rare, so it is not kept.
struct ThreadBuffer {
  void* address = nullptr;
  bool taken = false;
  ~ThreadBuffer() {
    if (address != nullptr) release(address);
  }
};

thread_local ThreadBuffer threadBuffer;

}  // namespace

extern "C" {

void gotoblas_dynamic_init();

/// The table of kernels for this processor, filled by gotoblas_dynamic_init.
void* gotoblas = nullptr;

void* blas_memory_alloc(int) {
  ThreadBuffer& own = threadBuffer;
  if (!own.taken && own.address != nullptr) {
    own.taken = true;
    return own.address;
  }
  void* fresh = reserve();
  // Passes through the C code that called us, which has unwind tables on the 64-bit platforms we build for.
  if (fresh == nullptr) throw std::bad_alloc();
  if (!own.taken) {
    own.address = fresh;
    own.taken = true;
  }
  return fresh;
}

void blas_memory_free(void* buffer) {
  if (buffer == threadBuffer.address) {
    threadBuffer.taken = false;
  } else {
    release(buffer);
  }
}

/// OpenBLAS prints here. A wrong argument is a mistake of ours that the tests of the linear algebra find; a library
/// does not write to its host's standard output.
void xerbla_(const char*, const int*, int) {}

}  // extern "C"

namespace {

// Before any code of the addon runs, as in OpenBLAS itself: the choice of kernels needs no lock later.
[[gnu::constructor]] void chooseKernels() { gotoblas_dynamic_init(); }

}  // namespace
