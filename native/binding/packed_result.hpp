// Results on their way to JavaScript, packed: a small solve takes less time than setting the sixty members of its
// result one by one through Node's interface, and making its many short arrays.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "binding/js.hpp"

namespace nonconvex {

/// The shapes of the results of an environment, by numbers from 0. There are few.
class PackedShapes {
 public:
  std::size_t numberOf(const std::string& shape);
  /// Throws a RangeError where there is none of that number.
  const std::string& at(double number) const;

 private:
  std::unordered_map<std::string, std::size_t> numbers_;
  std::vector<const std::string*> shapes_;
};

/// What `Writer` builds, as [numbers, ...others], or the numbers alone where there is nothing else, of which
/// src/core/packed.ts makes the object. `numbers`, a Float64Array, begins with the number of its shape and has all
/// numbers, truth values, values of enumerations and short arrays, with their lengths; `others` is everything else. A
/// shape has a line for each member: a letter that says what it is, its name, and behind spaces the names of an
/// enumeration, or a text that is always the same. Columns that only some reports have bear a capital letter, and stand
/// behind a number for each report, 0 where it lacks the member.
class PackedResult {
 public:
  explicit PackedResult(Napi::Env env) : env_(env), numbers_(1) {
    shape_.reserve(usual);
    numbers_.reserve(usual);
  }

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
  /// A text that this member has in all results.
  void constant(const char* name, std::string_view text) {
    shape_ += 'c';
    shape_ += name;
    (shape_ += ' ') += text;
    shape_ += '\n';
  }
  /// A value of an enumeration of these names.
  void choice(const char* name, int value, std::span<const std::string_view> names) {
    noteNames('e', name, names);
    numbers_.push_back(value);
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

  /// A list of `count` objects by columns, which write(out) adds: a thousand objects made here, member by member, would
  /// hold up the JavaScript thread for several milliseconds.
  template <class Write>
  void columns(const char* name, std::size_t count, Write&& write) {
    note('[', name);
    numbers_.push_back(static_cast<double>(count));
    write(*this);
    note('}', "");
  }
  /// One member of all objects of a list, of those that have it: numbers, truth values ('b') or values of an
  /// enumeration
  /// ('e').
  void column(char kind, const char* name, const std::vector<bool>& known, std::span<const double> values,
              std::span<const std::string_view> names = {});
  /// One member of all objects of a list, of those that have it, of any type.
  void column(const char* name, const std::vector<bool>& known, std::span<const napi_value> values);

  Napi::Object packed(PackedShapes& shapes);

 private:
  static constexpr std::size_t usual = 1024;   // characters of a shape, more than there are numbers
  static constexpr std::size_t shortest = 17;  // list that is an array of its own

  void note(char kind, const char* name) {
    shape_ += kind;
    shape_ += name;
    shape_ += '\n';
  }
  void noteNames(char kind, const char* name, std::span<const std::string_view> names) {
    shape_ += kind;
    shape_ += name;
    for (const std::string_view each : names) (shape_ += ' ') += each;
    shape_ += '\n';
  }
  void noteColumn(char kind, const char* name, const std::vector<bool>& known, std::span<const std::string_view> names);
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
