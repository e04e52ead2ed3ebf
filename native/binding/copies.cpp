#include "binding/copies.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace nonconvex {

Copy SharedCopies::knownAt(std::span<const std::byte> numbers) {
  std::erase_if(known_, [](const Known& known) { return known.copy.expired(); });
  for (const Known& known : known_) {
    Copy copy = known.copy.lock();
    if (copy && known.place == numbers.data() && copy->size() == numbers.size()) return copy;
  }
  return nullptr;
}

Copy SharedCopies::of(std::span<const std::byte> numbers) {
  CopyInPieces copying(*this, numbers);
  while (copying.advance(numbers, numbers.size())) continue;
  return copying.copy();
}

CopyInPieces::CopyInPieces(SharedCopies& shared, std::span<const std::byte> numbers)
    : shared_(&shared), place_(numbers.data()), size_(numbers.size()), same_(shared.knownAt(numbers)) {}

bool CopyInPieces::advance(std::span<const std::byte> numbers, std::size_t bytes) {
  lost_ = numbers.data() != place_ || numbers.size() != size_;
  if (lost_ || copy_) return false;
  const std::size_t piece = std::min(bytes, size_ - at_);
  if (same_ && std::memcmp(same_->data() + at_, place_ + at_, piece) != 0) {
    same_.reset();
    at_ = 0;
    return true;
  }
  if (!same_) {
    if (memory_.size() == 0) memory_ = HostBuffer<std::byte>(size_, Uninitialized{});
    std::copy_n(place_ + at_, piece, memory_.begin() + at_);
  }
  at_ += piece;
  return at_ < size_ || done(numbers);
}

/// Keeps the copy for others to find; there is no more to do.
bool CopyInPieces::done(std::span<const std::byte> numbers) {
  copy_ = same_ ? same_ : std::make_shared<const CopiedBytes>(std::move(memory_));
  std::erase_if(shared_->known_, [&](const SharedCopies::Known& known) { return known.place == numbers.data(); });
  shared_->known_.push_back({numbers.data(), copy_});
  return false;
}

}  // namespace nonconvex
