// Errors are for what could not run: a bad argument, no memory. Bad luck (no convergence) is a Status, not an error.
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace nonconvex {

/// The error's class in JavaScript: TypeError, RangeError or SolverError.
enum class ErrorKind { type, range, solver };

/// An error with the JavaScript class it maps to and, for SolverError, a code such as "OUT_OF_MEMORY".
class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string message, std::string code = {})
      : kind_(kind), message_(std::move(message)), code_(std::move(code)) {}
  const char* what() const noexcept override { return message_.c_str(); }
  ErrorKind kind() const noexcept { return kind_; }
  const std::string& code() const noexcept { return code_; }

 private:
  ErrorKind kind_;
  std::string message_;
  std::string code_;
};

/// Thrown inside a long operation when the solve was aborted or ran out of time; `iterate` turns it into a Status.
struct Interrupted {};

/// A number as JavaScript would print it, near enough for messages: integers without a point, six digits otherwise.
std::string show(double value);
std::string show(std::string_view value);
std::string show(const char* value);
std::string show(bool value);
std::string show(long long value);
std::string show(unsigned long long value);
template <std::integral I>
requires(!std::same_as<I, bool>) std::string show(I value) {
  return show(static_cast<std::conditional_t<std::is_signed_v<I>, long long, unsigned long long>>(value));
}

/// Throws a RangeError "name = value: expectation".
[[noreturn]] void throwRange(std::string_view name, const std::string& value, std::string_view expectation);

/// Throws a RangeError "name = value: expectation" unless the condition holds.
template <class T>
void require(bool condition, std::string_view name, const T& value, std::string_view expectation) {
  if (!condition) throwRange(name, show(value), expectation);
}

/// Throws a RangeError "name.length = length: expected as many numbers as x has rows: 3" unless a vector has `expected`
/// entries; `per` is those words before the number, or empty.
void requireLength(std::string_view name, std::size_t length, int expected, std::string_view per = {});

}  // namespace nonconvex
