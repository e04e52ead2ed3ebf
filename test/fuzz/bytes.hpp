// Integers and numbers out of the bytes that a fuzzer makes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace fuzz {

class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : rest_(data, size) {}

  /// The next value; 0 behind the end.
  template <class T>
  T next() {
    T value{};
    const std::size_t size = std::min(sizeof(T), rest_.size());
    std::memcpy(&value, rest_.data(), size);
    rest_ = rest_.subspan(size);
    return value;
  }
  /// As many values as the next byte says, or as there are.
  template <class T>
  std::vector<T> list() {
    std::vector<T> values(std::min<std::size_t>(next<std::uint8_t>(), rest_.size() / sizeof(T)));
    for (T& value : values) value = next<T>();
    return values;
  }
  /// All that is left.
  template <class T>
  std::vector<T> rest() {
    std::vector<T> values(rest_.size() / sizeof(T));
    for (T& value : values) value = next<T>();
    return values;
  }

 private:
  std::span<const std::uint8_t> rest_;
};

}  // namespace fuzz
