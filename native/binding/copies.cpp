#include "binding/copies.hpp"

#include <algorithm>
#include <cstring>

namespace nonconvex {

Copy SharedCopies::of(std::span<const std::byte> numbers) {
  std::erase_if(known_, [](const Known& known) { return known.copy.expired(); });
  for (const Known& known : known_) {
    const Copy copy = known.copy.lock();
    const bool same = copy && known.place == numbers.data() && copy->size() == numbers.size() &&
                      std::memcmp(copy->data(), numbers.data(), numbers.size()) == 0;
    if (same) return copy;
  }
  HostBuffer<std::byte> memory(numbers.size(), Uninitialized{});
  std::copy(numbers.begin(), numbers.end(), memory.begin());
  const auto copy = std::make_shared<const HostBuffer<std::byte>>(std::move(memory));
  known_.push_back({numbers.data(), copy});
  return copy;
}

}  // namespace nonconvex
