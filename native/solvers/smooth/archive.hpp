// The state that a method has learned, as one list of numbers, so that a run can be broken off and taken up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/error.hpp"

namespace nonconvex {

/// Writes the members that are shown to it to a list, or reads them from one: `visit` is the same function for both.
class Archive {
 public:
  /// Writes.
  explicit Archive(std::vector<double>& to) : to_(&to) {}
  /// Reads.
  explicit Archive(std::span<const double> from) : from_(from) {}

  void visit(double& value) { pass(value); }
  void visit(std::int64_t& value) {
    auto number = static_cast<double>(value);
    pass(number);
    value = static_cast<std::int64_t>(number);
  }
  template <class T>
  void visit(std::vector<T>& values) {
    auto size = static_cast<double>(values.size());
    pass(size);
    if (size != static_cast<double>(values.size())) fail();
    for (T& value : values) {
      auto number = static_cast<double>(value);
      pass(number);
      value = static_cast<T>(number);
    }
  }
  /// Throws unless all was read.
  void end() const {
    if (to_ == nullptr && at_ != from_.size()) fail();
  }

 private:
  void pass(double& value) {
    if (to_ != nullptr) {
      to_->push_back(value);
    } else {
      if (at_ == from_.size()) fail();
      value = from_[at_++];
    }
  }
  [[noreturn]] static void fail() {
    throw Error(ErrorKind::range,
                "warmStart.state: expected the state of a solve with the same method, precision, data and batches");
  }

  std::vector<double>* to_ = nullptr;
  std::span<const double> from_;
  std::size_t at_ = 0;
};

}  // namespace nonconvex
