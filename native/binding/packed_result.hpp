// Results on their way to JavaScript, packed: a small solve takes less time than setting the sixty members of its
// result one by one through Node's interface, and making its many short arrays.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "binding/js.hpp"

namespace nonconvex {

/// What `Writer` builds, as { shape, numbers, others }, of which src/core/packed.ts makes the object. `numbers` has all
/// numbers, truth values and short arrays, with their lengths; `others` everything else. `shape` has a line for each
/// member: a letter that says what it is, and its name.
class PackedResult {
 public:
  explicit PackedResult(Napi::Env env) : env_(env) { shape_.reserve(usual); }

  Napi::Env env() const { return env_; }
  void number(const char* name, double value) {
    note('n', name);
    numbers_.push_back(value);
  }
  void boolean(const char* name, bool value) {
    note('b', name);
    numbers_.push_back(value ? 1 : 0);
  }
  void value(const char* name, Napi::Value value) {
    note('v', name);
    others_.push_back(value);
  }
  void text(const char* name, std::string_view value) {
    this->value(name, Napi::String::New(env_, value.data(), value.size()));
  }
  void matrix(const char* name, Mat<const double> matrix);
  void vector(const char* name, std::span<const double> values) { list('f', name, values); }
  void integers(const char* name, std::span<const std::int32_t> values) { list('i', name, values); }
  /// An object, whose members write(out) writes.
  template <class Write>
  void members(const char* name, Write&& write) {
    note('{', name);
    write(*this);
    note('}', "");
  }

  Napi::Object packed() const;

 private:
  static constexpr std::size_t usual = 1024;   // characters of a shape
  static constexpr std::size_t shortest = 17;  // list that is an array of its own

  void note(char kind, const char* name) {
    shape_ += kind;
    shape_ += name;
    shape_ += '\n';
  }
  template <class T>
  void list(char kind, const char* name, std::span<const T> values) {
    if (values.size() >= shortest) return value(name, typedArray(env_, values));
    note(kind, name);
    numbers_.push_back(static_cast<double>(values.size()));
    numbers_.insert(numbers_.end(), values.begin(), values.end());
  }

  Napi::Env env_;
  std::string shape_;
  std::vector<double> numbers_;
  std::vector<napi_value> others_;
};

}  // namespace nonconvex
