// Device memory of one solve.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "cuda/tables.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

namespace cuda {

/// Throws an Error that names the call, unless `status` is 0.
void check(const Runtime& runtime, int status, const char* call);

/// Blocks of cudaMalloc, kept for reuse when they are given back (all work is on one stream, so what still reads a
/// block comes before what writes it again) and freed at the end. An Error says OUT_OF_MEMORY with the bytes asked for
/// and free.
class Memory {
 public:
  explicit Memory(const Runtime& runtime) : runtime_(runtime) {}
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory();

  void* take(std::size_t bytes);
  void giveBack(void* memory) noexcept;
  double available() const;  ///< bytes that `take` could still find

 private:
  struct Block {
    void* memory = nullptr;
    std::size_t bytes = 0;
    bool used = false;
  };
  void freeUnused();

  const Runtime& runtime_;
  std::vector<Block> blocks_;
};

}  // namespace cuda

/// An owned matrix in device memory.
template <class T>
class DeviceMatrix {
 public:
  DeviceMatrix() = default;
  /// Holds whatever the memory held.
  DeviceMatrix(cuda::Memory& memory, int rows, int cols) : rows_(rows), cols_(cols) {
    if (size() > 0) {
      data_ = static_cast<T*>(memory.take(size() * sizeof(T)));
      memory_ = &memory;
    }
  }
  DeviceMatrix(DeviceMatrix&& other) noexcept { swap(other); }
  DeviceMatrix& operator=(DeviceMatrix&& other) noexcept {
    DeviceMatrix(std::move(other)).swap(*this);
    return *this;
  }
  ~DeviceMatrix() {
    if (memory_ != nullptr) memory_->giveBack(data_);
  }

  Mat<T, Device> view() const { return {data_, rows_, cols_, rows_}; }
  operator Mat<T, Device>() const { return view(); }
  operator Mat<const T, Device>() const { return view(); }
  T* data() const { return data_; }
  int rows() const { return rows_; }
  int cols() const { return cols_; }
  Mat<T, Device> columns(int j, int n) const { return view().columns(j, n); }
  std::size_t size() const { return static_cast<std::size_t>(rows_) * static_cast<std::size_t>(cols_); }
  Vec<T, Device> flat() const { return {data_, static_cast<int>(size())}; }

 private:
  void swap(DeviceMatrix& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(data_, other.data_);
    std::swap(rows_, other.rows_);
    std::swap(cols_, other.cols_);
  }

  cuda::Memory* memory_ = nullptr;
  T* data_ = nullptr;
  int rows_ = 0;
  int cols_ = 0;
};

}  // namespace nonconvex
