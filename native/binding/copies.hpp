// Copies of JavaScript's arrays for solves to read.
//
// Nothing in Node's interface keeps the memory of an array where it is: a reference keeps the array, but its memory can
// be transferred to another one, which may die first, or shrunk. So a solve reads copies.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "data/shared_columns.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

/// The bytes of an array, and what solves that read them make of them and share.
struct CopiedBytes : HostBuffer<std::byte> {
  explicit CopiedBytes(HostBuffer<std::byte> bytes) : HostBuffer<std::byte>(std::move(bytes)) {}
  SharedColumns columns;
};

using Copy = std::shared_ptr<const CopiedBytes>;

/// The copies of large arrays that solves of an environment have, running ones and those that wait. Another solve of
/// the same array shares them where no number has changed meanwhile.
class SharedCopies {
 public:
  Copy of(std::span<const std::byte> numbers);

 private:
  friend class CopyInPieces;
  /// The copy of what was of this size at this place, which may have changed since; null: there is none.
  Copy knownAt(std::span<const std::byte> numbers);
  struct Known {
    const std::byte* place;  ///< the identity of the array, which may be gone
    std::weak_ptr<const CopiedBytes> copy;
  };
  std::vector<Known> known_;
};

/// A copy of a large array that is made in pieces, between which JavaScript runs. It is one that solves have already
/// where that turns out to be the same. An array that changes meanwhile leaves a mixture.
class CopyInPieces {
 public:
  CopyInPieces(SharedCopies& shared, std::span<const std::byte> numbers);

  /// Goes on by `bytes`; whether there are more. `numbers` is where the array has its memory now, which must be where
  /// it was: false is answered, and `lost()` is true, where it was transferred, shrunk or moved.
  bool advance(std::span<const std::byte> numbers, std::size_t bytes);
  bool lost() const { return lost_; }
  std::size_t size() const { return size_; }
  /// Null until it is complete.
  const Copy& copy() const { return copy_; }

 private:
  bool done(std::span<const std::byte> numbers);

  SharedCopies* shared_;
  const std::byte* place_;
  std::size_t size_;
  std::size_t at_ = 0;
  Copy same_;  ///< a copy that was made before and is the same up to `at_`
  HostBuffer<std::byte> memory_;
  Copy copy_;
  bool lost_ = false;
};

}  // namespace nonconvex
