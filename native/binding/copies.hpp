// Copies of JavaScript's arrays for solves to read.
//
// Nothing in Node's interface keeps the memory of an array where it is: a reference keeps the array, but its memory can
// be transferred to another one, which may die first, or shrunk. So a solve reads copies.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "linalg/views.hpp"

namespace nonconvex {

using Copy = std::shared_ptr<const HostBuffer<std::byte>>;

/// The copies of large arrays that solves of an environment have, running ones and those that wait. Another solve of
/// the same array shares them where no number has changed meanwhile.
class SharedCopies {
 public:
  Copy of(std::span<const std::byte> numbers);

 private:
  struct Known {
    const std::byte* place;  ///< of the array, which may be gone
    std::weak_ptr<const HostBuffer<std::byte>> copy;
  };
  std::vector<Known> known_;
};

}  // namespace nonconvex
